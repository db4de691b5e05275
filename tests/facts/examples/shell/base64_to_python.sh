# expect: decoded-code-run | source: T1059.006
echo cHJpbnQoMSk= | base64 -d | python3 -
