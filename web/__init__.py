"""What every page shares: who may, what is said when something goes wrong, what is kept, the frame around all."""
