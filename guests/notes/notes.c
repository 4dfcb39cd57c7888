/* Notes by name: a table on the heap that stays from call to call, and goes back with the guest when it is restored. */
#include <lodge/lodge.h>

#define FIRST_BUCKETS 16

/* A note is one block: this, the key, the value, a zero behind each. */
typedef struct note {
    struct note *next; /* in its bucket */
    uint64_t hash;
    size_t key_size;
    char text[];
} note;

static note **buckets;
static size_t bucket_count;
static int32_t note_count;

/* FNV-1a. */
static uint64_t hash_of(const char *key)
{
    uint64_t hash = 0xcbf29ce484222325UL;
    for (; *key != 0; key++)
        hash = (hash ^ (uint8_t)*key) * 0x100000001b3UL;

    return hash;
}

static const char *value_of(const note *note) { return note->text + note->key_size + 1; }

static note *new_note(const char *key, const char *value, uint64_t hash)
{
    size_t key_size = strlen(key), value_size = strlen(value);
    note *made = malloc(sizeof(note) + key_size + 1 + value_size + 1);
    if (made == NULL)
        return NULL;

    made->hash = hash;
    made->key_size = key_size;
    memcpy(made->text, key, key_size + 1);
    memcpy(made->text + key_size + 1, value, value_size + 1);
    return made;
}

/* Where the link to a note is; the end of its bucket where there is none. */
static note **find(const char *key, uint64_t hash)
{
    note **link = &buckets[hash % bucket_count];
    while (*link != NULL && ((*link)->hash != hash || strcmp((*link)->text, key) != 0))
        link = &(*link)->next;

    return link;
}

/* Without room for more buckets the old ones do, only slower. */
static void grow(void)
{
    size_t count = bucket_count * 2;
    note **grown = calloc(count, sizeof(note *));
    if (grown == NULL)
        return;

    for (size_t i = 0; i < bucket_count; i++) {
        for (note *moved = buckets[i], *next; moved != NULL; moved = next) {
            next = moved->next;
            moved->next = grown[moved->hash % count];
            grown[moved->hash % count] = moved;
        }
    }

    free(buckets);
    buckets = grown;
    bucket_count = count;
}

void lodge_main(void)
{
    bucket_count = FIRST_BUCKETS;
    buckets = lodge_must_alloc(FIRST_BUCKETS * sizeof(note *));
    memset(buckets, 0, FIRST_BUCKETS * sizeof(note *));
}

static void put(const char *key, const char *value)
{
    uint64_t hash = hash_of(key);
    note *made = new_note(key, value, hash);
    if (made == NULL) {
        lodge_fail(LODGE_ERROR_OUT_OF_MEMORY, "There is no room for a note of %zu bytes.", strlen(key) + strlen(value));
        return;
    }

    note **link = find(key, hash), *old = *link;
    made->next = old == NULL ? NULL : old->next;
    *link = made;
    if (old != NULL) {
        free(old);
        return;
    }

    note_count++;
    if ((size_t)note_count > bucket_count)
        grow();
}
LODGE_EXPORT(Put, put, void, const char *, const char *)

static const char *get(const char *key)
{
    const note *found = *find(key, hash_of(key));
    if (found != NULL)
        return value_of(found);

    lodge_fail(LODGE_ERROR_GUEST, "There is no note \"%s\".", key);
    return NULL;
}
LODGE_EXPORT(Get, get, const char *, const char *)

static int32_t count_notes(void) { return note_count; }
LODGE_EXPORT(Count, count_notes, int32_t)

static bool remove_note(const char *key)
{
    note **link = find(key, hash_of(key)), *found = *link;
    if (found == NULL)
        return false;

    *link = found->next;
    free(found);
    note_count--;
    return true;
}
LODGE_EXPORT(Remove, remove_note, bool, const char *)
