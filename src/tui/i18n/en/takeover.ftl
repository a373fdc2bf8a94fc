## Taking over what others revoked and issued.

cli-certificate-unknown = (certificate unknown here)
cli-confirmed = { $count } adopted entries of { $issuer } are confirmed.
cli-adopted = Revocations adopted
cli-would-adopt = Revocations to adopt
cli-adopted-known = Revocations known already
cli-taken-over = Taken over: { $adopted } revocations, { $known } known already.
