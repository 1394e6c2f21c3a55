"""What must be true of an application, which parts it asks for, its dates, and what changed between two versions."""
