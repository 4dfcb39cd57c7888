using System.Runtime.CompilerServices;

// Walks and lookups have locals for ways that are rarely taken; to set them to zero on every call costs more than the rest.
[module: SkipLocalsInit]
