"""Streamlit's room: what pages are made of."""
