/**
 * What a process that runs the engine has in its environment from its first moment. Left alone, glibc keeps freed blocks of up to 32 MB for itself once one of
 * that size was freed: making a session frees many, and VGG19's gradient peaked at 1093 MB instead of 849. Other C libraries do not read it.
 */
export const engineEnvironment: Readonly<Record<string, string>> = { MALLOC_MMAP_THRESHOLD_: '1000000' }
