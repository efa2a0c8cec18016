/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many initiations one address gets, one row each. */
#include "state/wl-address-limiter.h"

#include <string.h>

#include "state/wl-timing.h"

#define NOW WL_SEC(10000)

#define PROFILE     WL_CANDIDATE_SOURCE_PROFILE
#define ROUTER      WL_CANDIDATE_SOURCE_ROUTER
#define SELF        WL_CANDIDATE_SOURCE_SELF
#define CACHE       WL_CANDIDATE_SOURCE_CACHE
#define THIRD_PARTY WL_CANDIDATE_SOURCE_THIRD_PARTY

/* A candidate is permitted after a number of others, a second apart. */
typedef struct {
    const char *name;
    WlCandidateSource source; /* of the earlier ones */
    const char *address;      /* without port: each has another one */
    guint subjects;           /* they take turns */
    guint tries;
    WlCandidateSource next;
    const char *next_endpoint;
    guint next_subject;
    gboolean next_worked;
    guint later;     /* seconds after the last try */
    gboolean expect; /* permitted at once */
} Case;

#define A "192.0.2.1"
#define B "192.0.2.2:1"
#define V "2001:db8::1"

/* clang-format off */
static const Case cases[] = {
    {"the first one", SELF, A, 1, 0, SELF, A ":1", 0, FALSE, 1, TRUE},
    {"the end of the burst", SELF, A, 1, WL_ADDRESS_BURST - 1, SELF, A ":1", 0, FALSE, 1, TRUE},
    {"after the burst", SELF, A, 1, WL_ADDRESS_BURST, SELF, A ":1", 0, FALSE, 1, FALSE},
    {"another port after the burst", SELF, A, 1, WL_ADDRESS_BURST, SELF, A ":999", 0, FALSE, 1, FALSE},
    {"IPv6", SELF, "[" V "]", 1, WL_ADDRESS_BURST, SELF, "[" V "]:999", 0, FALSE, 1, FALSE},
    {"another address", SELF, A, 1, 99, SELF, B, 0, FALSE, 1, TRUE},
    {"one more after the interval", SELF, A, 1, WL_ADDRESS_BURST, SELF, A ":1", 0, FALSE, 60, TRUE},
    {"no debt from many tries", SELF, A, 1, 60, SELF, A ":1", 0, FALSE, 60, TRUE},
    {"another subject", SELF, A, 1, WL_ADDRESS_BURST, SELF, A ":1", 5, FALSE, 1, FALSE},
    {"many subjects", THIRD_PARTY, A, 8, WL_ADDRESS_BURST, THIRD_PARTY, A ":1", 9, FALSE, 1, FALSE},
    {"a third party after the own word", SELF, A, 4, 99, THIRD_PARTY, A ":1", 0, FALSE, 1, TRUE},
    {"the own word after third parties", THIRD_PARTY, A, 4, 99, SELF, A ":1", 0, FALSE, 1, TRUE},
    {"a bystander's network at the word of third parties", THIRD_PARTY, "[2001:db8::%u]", 4, WL_ADDRESS_BURST, THIRD_PARTY, "[2001:db8::ffff:1]:1", 0, FALSE, 1, FALSE},
    {"another network", THIRD_PARTY, "[2001:db8::%u]", 4, 99, THIRD_PARTY, "[2001:db8:0:1::1]:1", 0, FALSE, 1, TRUE},
    {"members in one network", SELF, "[2001:db8::%u]", 20, 20, SELF, "[2001:db8::ffff:1]:1", 0, FALSE, 1, TRUE},
    {"more than a network has", SELF, "[2001:db8::%u]", 20, 99, SELF, "[2001:db8::ffff:1]:1", 0, FALSE, 1, FALSE},
    {"no more before a quarter of the interval", SELF, "[2001:db8::%u]", 20, 99, SELF, "[2001:db8::ffff:1]:1", 0, FALSE, 14, FALSE},
    {"one more after a quarter of the interval", SELF, "[2001:db8::%u]", 20, 99, SELF, "[2001:db8::ffff:1]:1", 0, FALSE, 15, TRUE},
    {"no more of a bystander's network before the interval", THIRD_PARTY, "[2001:db8::%u]", 4, 99, THIRD_PARTY, "[2001:db8::ffff:1]:1", 0, FALSE, 59, FALSE},
    {"one more of a bystander's network after the interval", THIRD_PARTY, "[2001:db8::%u]", 4, 99, THIRD_PARTY, "[2001:db8::ffff:1]:1", 0, FALSE, 60, TRUE},
    {"no more before the interval", SELF, A, 1, 99, SELF, A ":1", 0, FALSE, 59, FALSE},
    {"the last of a network", SELF, "[2001:db8::%u]", 20, 31, SELF, "[2001:db8::ffff:1]:1", 0, FALSE, 1, TRUE},
    {"one more than a network has", SELF, "[2001:db8::%u]", 20, 32, SELF, "[2001:db8::ffff:1]:1", 0, FALSE, 1, FALSE},
    {"the other end of the network", SELF, "[2001:db8::%u]", 20, 32, SELF, "[2001:db8:0:0:ffff::1]:1", 0, FALSE, 1, FALSE},
    {"a network of one subject at the word of a router", ROUTER, "[2001:db8::%u]", 1, 99, ROUTER, "[2001:db8::ffff:1]:1", 0, FALSE, 1, FALSE},
    {"a router about another subject in the network", ROUTER, "[2001:db8::%u]", 1, 99, ROUTER, "[2001:db8::ffff:1]:1", 1, FALSE, 1, TRUE},
    {"IPv4 has no such network", THIRD_PARTY, "192.0.2.%u", 4, 99, THIRD_PARTY, "192.0.2.250:1", 0, FALSE, 1, TRUE},
    {"a router about one subject", ROUTER, A, 1, WL_ADDRESS_BURST, ROUTER, A ":1", 0, FALSE, 1, FALSE},
    {"a router about another subject", ROUTER, A, 1, WL_ADDRESS_BURST, ROUTER, A ":1", 5, FALSE, 1, TRUE},
    {"a router about many behind a NAT", ROUTER, A, 60, 180, ROUTER, A ":1", 0, FALSE, 1, TRUE},
    {"a router after hearsay", THIRD_PARTY, A, 1, 99, ROUTER, A ":1", 0, FALSE, 1, TRUE},
    {"the profile after hearsay", THIRD_PARTY, A, 1, 99, PROFILE, A ":1", 0, FALSE, 1, TRUE},
    {"the profile after itself", PROFILE, A, 1, 99, PROFILE, A ":1", 0, FALSE, 1, TRUE},
    {"the profile spends nothing of others", PROFILE, A, 1, 99, SELF, A ":1", 0, FALSE, 1, TRUE},
    {"one that worked", SELF, A, 1, 99, CACHE, A ":1", 0, TRUE, 1, TRUE},
    {"one that worked and is advertised", SELF, A, 1, 99, THIRD_PARTY, A ":1", 0, TRUE, 1, TRUE},
    {"a neighbor is absent where it worked", CACHE, A, 1, WL_ADDRESS_BURST, CACHE, A ":1", 0, FALSE, 1, FALSE},
};
/* clang-format on */

static WlCandidate
make(const char *endpoint, WlCandidateSource source, gboolean worked)
{
    WlCandidate candidate = {.source = source, .worked = worked};

    g_assert_true(wl_endpoint_parse(endpoint, &candidate.endpoint));
    return candidate;
}

static WlKey
key_of(guint number)
{
    WlKey key = {{1}};

    memcpy(key.bytes + 1, &number, sizeof(number));
    return key;
}

static void
try(WlAddressLimiter *limiter, const char *address, guint port, WlCandidateSource source,
    guint subject, gint64 now)
{
    const char *number = strstr(address, "%u"); /* another address each time */
    g_autofree char *text =
        number ? g_strdup_printf("%.*s%u%s:1", (int) (number - address), address, port, number + 2)
               : g_strdup_printf("%s:%u", address, port);
    WlCandidate candidate = make(text, source, FALSE);
    WlKey key = key_of(subject);

    wl_address_limiter_note(limiter, &candidate, &key, now);
}

static void
test_case(gconstpointer data)
{
    const Case *row = data;
    WlAddressLimiter limiter = {0};
    WlCandidate next = make(row->next_endpoint, row->next, row->next_worked);
    WlKey subject = key_of(row->next_subject);

    for (guint i = 0; i < row->tries; i++)
        try(&limiter, row->address, 100 + i, row->source, i % row->subjects, NOW + i);
    for (guint i = 0; i < 2; i++) { /* asking changes nothing */
        gint64 now = NOW + row->tries + WL_SEC(row->later);
        gint64 when = wl_address_limiter_when(&limiter, &next, &subject, now);
        g_assert_cmpint(when, >=, now);
        g_assert_cmpint(when <= now, ==, row->expect);
        g_assert_cmpint(when, <=, now + WL_ADDRESS_INTERVAL);
    }
    wl_address_limiter_clear(&limiter);
}

/* An answer shows that a member is there. */
static void
test_answer(void)
{
    WlAddressLimiter limiter = {0};
    WlCandidate hearsay = make(A ":1", SELF, FALSE), vouched = make(A ":1", ROUTER, FALSE);
    WlKey here = key_of(1), other = key_of(2);

    for (guint i = 0; i < WL_ADDRESS_BURST; i++) {
        try(&limiter, A, i + 1, SELF, 1, NOW);
        try(&limiter, A, i + 1, ROUTER, 1, NOW);
        try(&limiter, A, i + 1, ROUTER, 2, NOW);
    }
    wl_address_limiter_note_answer(&limiter, &hearsay.endpoint.ip, &here);
    g_assert_cmpint(wl_address_limiter_when(&limiter, &hearsay, &here, NOW), ==, NOW);
    g_assert_cmpint(wl_address_limiter_when(&limiter, &vouched, &here, NOW), ==, NOW);
    g_assert_cmpint(wl_address_limiter_when(&limiter, &vouched, &other, NOW), >, NOW);
    g_assert_cmpuint(wl_address_limiter_size(&limiter), ==, 1);
    wl_address_limiter_clear(&limiter);
    g_assert_cmpuint(wl_address_limiter_size(&limiter), ==, 0);
}

/* The address tried longest ago makes room, not the one added first. */
static void
test_bounded(void)
{
    WlAddressLimiter limiter = {0};
    WlCandidate first = make("198.51.100.1:1", SELF, FALSE), second = make(A ":1", SELF, FALSE);
    WlKey subject = key_of(0);

    for (guint i = 0; i < WL_ADDRESS_BURST; i++) {
        try(&limiter, "198.51.100.1", 1, SELF, 0, NOW);
        try(&limiter, A, 1, SELF, 0, NOW);
    }
    for (guint i = 0; i < 3 * WL_ADDRESS_MAX; i++) {
        g_autofree char *address = g_strdup_printf("10.0.%u.%u", i / 256, i % 256);

        try(&limiter, address, 1, SELF, 0, NOW);
        if (i % 512 == 0)
            try(&limiter, "198.51.100.1", 1, SELF, 0, NOW);
        g_assert_cmpuint(wl_address_limiter_size(&limiter), <=, WL_ADDRESS_MAX);
    }
    g_assert_cmpint(wl_address_limiter_when(&limiter, &first, &subject, NOW), >, NOW);
    g_assert_cmpint(wl_address_limiter_when(&limiter, &second, &subject, NOW), ==, NOW);
    wl_address_limiter_clear(&limiter);
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *name = g_strdup_printf("/address-limiter/%s", cases[i].name);
        g_test_add_data_func(name, &cases[i], test_case);
    }
    g_test_add_func("/address-limiter/answer", test_answer);
    g_test_add_func("/address-limiter/bounded", test_bounded);
    return g_test_run();
}
