"""What objects of .NET, of COM and of WMI are to a script: made, asked, told to do something."""
