"""The use cases of exchange: make, freeze and send a batch; check and apply the issuing body's reply."""
