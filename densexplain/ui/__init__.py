"""The only room, with app.py and pages/, that imports Streamlit."""
