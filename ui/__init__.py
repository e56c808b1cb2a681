"""What people see: pages, the map and the words around them; the only package, with app.py, that knows Streamlit."""
