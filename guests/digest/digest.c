/* SHA-256: of bytes at once, or of a message that comes in several calls. */
#include <lodge/lodge.h>

#include "sha256.h"

/* The message that comes in pieces. */
static sha256 message;
static bool begun;

/* Results are valid until the next call, which is long enough. */
static uint8_t result[SHA256_DIGEST];

static lodge_bytes digest(lodge_bytes data)
{
    sha256 hash;
    sha256_begin(&hash);
    sha256_update(&hash, data.data, data.size);
    sha256_end(&hash, result);
    return (lodge_bytes){result, sizeof(result)};
}
LODGE_EXPORT(Digest, digest, lodge_bytes, lodge_bytes)

static void begin(void)
{
    sha256_begin(&message);
    begun = true;
}
LODGE_EXPORT(Begin, begin, void)

static void update(lodge_bytes data)
{
    if (begun)
        sha256_update(&message, data.data, data.size);
    else
        lodge_fail(LODGE_ERROR_GUEST, "Update needs a Begin before it.");
}
LODGE_EXPORT(Update, update, void, lodge_bytes)

static lodge_bytes end(void)
{
    if (!begun) {
        lodge_fail(LODGE_ERROR_GUEST, "End needs a Begin before it.");
        return (lodge_bytes){0};
    }

    begun = false;
    sha256_end(&message, result);
    return (lodge_bytes){result, sizeof(result)};
}
LODGE_EXPORT(End, end, lodge_bytes)
