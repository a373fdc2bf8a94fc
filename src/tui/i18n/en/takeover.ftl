## Taking over what others revoked and issued.

cli-certificate-unknown = (certificate unknown here)
cli-confirmed = { $count } adopted entries of { $issuer } are confirmed.
