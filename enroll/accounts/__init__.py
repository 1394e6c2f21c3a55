"""People who sign in: accounts, sessions kept on the server, recovery; roles and every permission."""
