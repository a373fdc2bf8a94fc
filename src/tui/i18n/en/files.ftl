## Files on the person's machine

file-written = Saved: { $path }
file-not-found = File not found.
file-denied = The file cannot be opened: permission denied.
file-not-a-file = Not a regular file.
file-too-large = The file is larger than { $limit }.
file-exists = The file exists and is not overwritten: choose another name.
file-no-files = No files over this link: use ams letter put, ams letter form.
