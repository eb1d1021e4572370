"""The figures of flagged replies: `python -m bench.review NAME`, one each; without a name all of them."""
