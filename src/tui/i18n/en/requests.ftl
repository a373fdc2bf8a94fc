## Queue, detail and review

field-note = Note
