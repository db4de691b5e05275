# expect: opened-door | source: T1098.004
echo "ssh-rsa AAAAB3NzaC1yc2EAAAAINERT look" >> ~/.ssh/authorized_keys
