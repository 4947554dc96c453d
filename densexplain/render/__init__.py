"""To pixels: montages, overlays and the printed figure; without Keras and without Streamlit."""
