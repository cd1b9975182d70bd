"""The lecture: one page of our own for the projector, served beside Streamlit, and the presenter's remote control."""
