/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which sequences of endpoints are those of a peer that is at two places. */
#include "wl-alternation.h"

#define MINUTE (60 * G_USEC_PER_SEC)

static const struct {
    const char *places; /* a letter for each endpoint, "-" for none */
    gint64 step;        /* µs between two of them */
    guint found;
} rows[] = {
    {"", MINUTE, 0},
    {"aaaaaaaa", MINUTE, 0},
    {"abcdefgh", MINUTE, 0}, /* it roams */
    {"abab", MINUTE, 0},     /* away and back, once more */
    {"ababa", MINUTE, 1},
    {"aabbaabbaa", MINUTE, 1},
    {"a-b-a-b-a", MINUTE, 1},    /* between handshakes */
    {"abacabacabac", MINUTE, 0}, /* several networks: returns, but not in a row */
    {"ababababa", MINUTE, 2},
    {"ababa", 6 * MINUTE, 0}, /* a commuter */
    {"-----", MINUTE, 0},
};

static void
test_rows(void)
{
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        WlAlternation alternation = {0};
        guint found = 0;

        for (guint j = 0; rows[i].places[j]; j++) {
            WlEndpoint endpoint = {{0}, 0};

            if (rows[i].places[j] != '-') {
                endpoint.ip = (WlIp){WL_FAMILY_V4, {192, 0, 2, (guint8) rows[i].places[j]}};
                endpoint.port = 51820;
            }
            found += wl_alternation_add(&alternation, &endpoint, j * rows[i].step);
        }
        g_test_message("%s", rows[i].places);
        g_assert_cmpuint(found, ==, rows[i].found);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/alternation/rows", test_rows);
    return g_test_run();
}
