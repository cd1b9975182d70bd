"""The pages that explore errors: views to click on, and the digits behind each click."""
