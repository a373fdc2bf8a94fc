## Log

column-seq = Number
column-actor = Actor
column-log-action = Action
column-object = Object
log-change = Change
log-refusal = Refused by
log-entry-title = Log entry { $number }
log-verified = Log intact: { $size } entries agree with the tree and its signed head ({ $at }).
log-broken = LOG BROKEN: { $problem }
log-verifying = Log is being verified …
log-not-verified = Log not verified in this session

action-verify-log = Verify log
    .help = Reads the whole log anew and compares it with the Merkle tree and its signed head
log-none = The log is empty.
