<%= "hello" %>
