/* SHA-256 (FIPS 180-4), of a message that comes in pieces. */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK 64
#define SHA256_DIGEST 32

typedef struct sha256 {
    uint32_t state[8];
    uint64_t size; /* of the message so far */
    uint8_t block[SHA256_BLOCK]; /* its last bytes, which are no block yet */
} sha256;

void sha256_begin(sha256 *hash);
void sha256_update(sha256 *hash, const void *data, size_t size);
void sha256_end(sha256 *hash, uint8_t digest[SHA256_DIGEST]);

#endif
