"""Country-neutral machinery: dated figures, findings, dates, and strict reading of questions."""
