/* The functions that the host can call: the linker has put what LODGE_EXPORT made side by side, and a table finds them. */
#include "runtime.h"

extern const lodge_export exports_start[], exports_end[];

typedef struct slot {
    uint32_t hash;
    uint32_t number; /* one more than the index, so that an empty slot is zero */
} slot;

static slot *slots;
static uint32_t mask;

/* FNV-1a. */
static uint32_t hash_of(const char *name, size_t size)
{
    uint32_t hash = 0x811c9dc5;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)name[i]) * 0x01000193;

    return hash;
}

const lodge_export *find_export(const char *name, size_t size)
{
    uint32_t hash = hash_of(name, size);
    for (uint32_t at = hash & mask; slots[at].number != 0; at = (at + 1) & mask) {
        const lodge_export *found = &exports_start[slots[at].number - 1];
        if (slots[at].hash == hash && found->signature.name_size == size && memcmp(found->signature.name, name, size) == 0)
            return found;
    }

    return NULL;
}

static void insert(uint32_t index)
{
    const lodge_signature *signature = &exports_start[index].signature;
    if (find_export(signature->name, signature->name_size) != NULL)
        lodge_abort(LODGE_ERROR_GUEST, "There are two functions %s.", signature->name);

    uint32_t hash = hash_of(signature->name, signature->name_size), at = hash & mask;
    while (slots[at].number != 0)
        at = (at + 1) & mask;

    slots[at] = (slot){hash, index + 1};
}

void exports_set_up(void)
{
    uint32_t count = (uint32_t)(exports_end - exports_start), size = 8;
    while (size < 2 * count)
        size *= 2;

    slots = calloc(size, sizeof(slot));
    if (slots == NULL)
        lodge_abort(LODGE_ERROR_OUT_OF_MEMORY, "The heap has no room for a table of %u functions.", count);

    mask = size - 1;
    for (uint32_t i = 0; i < count; i++)
        insert(i);
}
