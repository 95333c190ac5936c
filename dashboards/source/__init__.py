"""What the dashboards are generated from: a module for each, and what they share."""
