/* Floating point with SSE2. First: steps of the planets; second: width of the matrices, at most 64; third: lines of the
 * Mandelbrot set. All results go into the checksum bit by bit. */
#include "bare.h"

#define MOST 64

typedef double pair __attribute__((vector_size(16)));
typedef float four __attribute__((vector_size(16)));

static uint64_t bits_of(double value)
{
    uint64_t bits;
    __builtin_memcpy(&bits, &value, 8);
    return bits;
}

static uint32_t bits_of_float(float value)
{
    uint32_t bits;
    __builtin_memcpy(&bits, &value, 4);
    return bits;
}

static uint64_t random_state;

/* Between -1 and 1. */
static double random_double(void) { return (double)(int64_t)bare_random(&random_state) * 0x1p-63; }

struct body {
    double x, y, z, vx, vy, vz, mass;
};

static struct body bodies[5];

static uint64_t planets(uint64_t steps)
{
    for (int i = 0; i < 5; i++) {
        bodies[i] = (struct body){
            random_double() * 20, random_double() * 20, random_double() * 2, random_double(), random_double(), random_double(),
            i == 0 ? 40 : 0.05 * (i + 1)};
    }

    for (uint64_t step = 0; step < steps; step++) {
        for (int i = 0; i < 5; i++) {
            struct body *one = &bodies[i];
            for (int k = i + 1; k < 5; k++) {
                struct body *two = &bodies[k];
                double dx = one->x - two->x, dy = one->y - two->y, dz = one->z - two->z;
                double square = dx * dx + dy * dy + dz * dz + 0.01;
                double force = 0.001 / (square * __builtin_sqrt(square));
                one->vx -= dx * two->mass * force;
                one->vy -= dy * two->mass * force;
                one->vz -= dz * two->mass * force;
                two->vx += dx * one->mass * force;
                two->vy += dy * one->mass * force;
                two->vz += dz * one->mass * force;
            }
        }

        for (int i = 0; i < 5; i++) {
            bodies[i].x += 0.001 * bodies[i].vx;
            bodies[i].y += 0.001 * bodies[i].vy;
            bodies[i].z += 0.001 * bodies[i].vz;
        }
    }

    uint64_t hash = 0;
    for (int i = 0; i < 5; i++)
        hash = bare_mix(bare_mix(bare_mix(hash, bits_of(bodies[i].x)), bits_of(bodies[i].y)), bits_of(bodies[i].z));

    return hash;
}

static double doubles[3][MOST][MOST];
static float floats[3][MOST][MOST];

static uint64_t matrices(int width)
{
    for (int row = 0; row < width; row++) {
        for (int column = 0; column < width; column++) {
            for (int matrix = 0; matrix < 2; matrix++) {
                doubles[matrix][row][column] = random_double();
                floats[matrix][row][column] = (float)random_double();
            }

            doubles[2][row][column] = 0;
            floats[2][row][column] = 0;
        }
    }

    /* The inner loop goes along rows, so that the compiler makes vectors of it and keeps the order of additions. */
    for (int row = 0; row < width; row++) {
        for (int k = 0; k < width; k++) {
            for (int column = 0; column < width; column++) {
                doubles[2][row][column] += doubles[0][row][k] * doubles[1][k][column];
                floats[2][row][column] += floats[0][row][k] * floats[1][k][column];
            }
        }
    }

    uint64_t hash = 0;
    for (int row = 0; row < width; row++) {
        for (int column = 0; column < width; column++)
            hash = bare_mix(hash, bits_of(doubles[2][row][column]) + bits_of_float(floats[2][row][column]));
    }

    return hash;
}

static uint64_t mandelbrot(int lines)
{
    uint64_t hash = 0;
    for (int line = 0; line < lines; line++) {
        for (int column = 0; column < lines; column++) {
            double cx = -2.2 + 3.2 * column / lines, cy = -1.6 + 3.2 * line / lines;
            double x = 0, y = 0;
            uint64_t step = 0;
            for (; step < 64 && x * x + y * y <= 4; step++) {
                double next = x * x - y * y + cx;
                y = 2 * x * y + cy;
                x = next;
            }

            hash = bare_mix(hash, step);
        }
    }

    return hash;
}

/* Each special value against each: comparisons, minimum, maximum, arithmetic. */
static uint64_t specials(void)
{
    static const uint64_t patterns[] = {
        0, 0x8000000000000000, 0x3ff0000000000000, 0xbff0000000000000, 0x7ff0000000000000, 0xfff0000000000000,
        0x7ff8000000000000, 0xfff8000000001234, 0x7ff0000000000001, 1, 0x8000000000000001, 0x000fffffffffffff,
        0x7fefffffffffffff, 0x3ca0000000000000, 0x41dfffffffc00000, 0xc1e0000000000000, 0x43e0000000000000, 0x4330000000000001,
    };
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof(patterns) / 8; i++) {
        double a;
        __builtin_memcpy(&a, &patterns[i], 8);
        __asm__("" : "+x"(a));
        hash = bare_mix(hash, (uint32_t)__builtin_ia32_cvttsd2si((pair){a, 0}));
        hash = bare_mix(hash, (uint64_t)__builtin_ia32_cvttsd2si64((pair){a, 0}));
        hash = bare_mix(hash, (uint64_t)__builtin_ia32_cvtsd2si64((pair){a, 0}));
        hash = bare_mix(hash, bits_of_float((float)a));
        hash = bare_mix(hash, bits_of(__builtin_sqrt(a)));
        hash = bare_mix(hash, bits_of(__builtin_fabs(a)));
        hash = bare_mix(hash, bits_of((double)(int64_t)patterns[i]));
        hash = bare_mix(hash, bits_of((double)patterns[i]));
        hash = bare_mix(hash, bits_of_float((float)(int32_t)patterns[i]));
        for (size_t k = 0; k < sizeof(patterns) / 8; k++) {
            double b;
            __builtin_memcpy(&b, &patterns[k], 8);
            __asm__("" : "+x"(b));
            int order = (a < b) | (a <= b) << 1 | (a == b) << 2 | (a != b) << 3 | (a > b) << 4 | (a >= b) << 5
                | __builtin_isunordered(a, b) << 6 | __builtin_islessgreater(a, b) << 7;
            pair both = {a, b}, turned = {b, a};
            pair least = __builtin_ia32_minpd(both, turned), most = __builtin_ia32_maxsd(both, turned);
            hash = bare_mix(hash, (uint64_t)order);
            hash = bare_mix(bare_mix(hash, bits_of(least[0])), bits_of(least[1]));
            hash = bare_mix(bare_mix(hash, bits_of(most[0])), bits_of(most[1]));

            /* Two NaNs: which one survives depends on the order of operands, which the instruction's is said here. */
            double sum = a, product = a, quotient = a;
            __asm__("addsd %1, %0" : "+x"(sum) : "x"(b));
            __asm__("mulsd %1, %0" : "+x"(product) : "x"(b));
            __asm__("divsd %1, %0" : "+x"(quotient) : "x"(b));
            hash = bare_mix(bare_mix(bare_mix(hash, bits_of(sum)), bits_of(product)), bits_of(quotient));
            four singles = {(float)a, (float)b, 1, -1};
            __asm__("subps %1, %0" : "+x"(singles) : "x"(__builtin_ia32_shufps(singles, singles, 0x1b)));
            __asm__("cmpltps %1, %0" : "+x"(singles) : "x"(__builtin_ia32_sqrtps(singles)));
            hash = bare_mix(hash, (uint64_t)__builtin_ia32_movmskps(singles));
        }
    }

    return hash;
}

/* Integers in vectors: what strings and hashes are made of. */
static uint64_t vectors(void)
{
    static uint8_t bytes[1024];
    static uint16_t words[512];
    static uint32_t sums[256];
    for (int i = 0; i < 1024; i++)
        bytes[i] = (uint8_t)bare_random(&random_state);

    for (int i = 0; i < 512; i++)
        words[i] = (uint16_t)(bytes[2 * i] * bytes[2 * i + 1]);

    for (int i = 0; i < 256; i++)
        sums[i] = (uint32_t)(words[i] + words[i + 256]) << 3 ^ bytes[i];

    uint8_t most = 0;
    uint32_t total = 0;
    for (int i = 0; i < 1024; i++)
        most = bytes[i] > most ? bytes[i] : most;

    for (int i = 0; i < 256; i++)
        total += sums[i] * 3;

    uint64_t hash = bare_mix(most, total);
    for (int i = 0; i < 256; i++)
        hash = bare_mix(hash, sums[i]);

    return hash;
}

uint64_t program(uint64_t first, uint64_t second, uint64_t third)
{
    if (second > MOST || third > 4096)
        return BARE_FAILED(1);

    random_state = 0xbe5466cf34e90c6cULL;
    uint64_t result = bare_mix(0, planets(first));
    result = bare_mix(result, matrices((int)second));
    result = bare_mix(result, mandelbrot((int)third));
    result = bare_mix(result, specials());
    return bare_mix(result, vectors());
}
