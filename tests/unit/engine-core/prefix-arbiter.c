/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One prefix claimed by several members, one row each. */
#include "state/wl-prefix-arbiter.h"

#define MAX_CLAIMS 4

typedef struct {
    const char *prefix; /* NULL: end of the row */
    guint8 member;
    guint sequence;
    gboolean stale, transit, vouched, dead;
    gboolean taken; /* expected: WL_VERDICT_TAKEN instead of WL_VERDICT_ACCEPTED */
} Claim;

typedef struct {
    const char *name;
    Claim claims[MAX_CLAIMS];
} Row;

/* clang-format off */
static const Row rows[] = {
    {"a single claim is accepted", {
        {"10.9.1.0/24", 'a', 1}}},
    {"the first of two members keeps the prefix", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.1.0/24", 'b', 2, .taken = TRUE}}},
    {"a key does not decide, only the order of advertisement", {
        {"10.9.1.0/24", 'b', 1},
        {"10.9.1.0/24", 'a', 2, .taken = TRUE}}},
    {"two sources of one claim are both accepted", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.1.0/24", 'b', 2, .taken = TRUE},
        {"10.9.1.0/24", 'a', 3}}},
    {"a live claim comes before an older stale one", {
        {"10.9.1.0/24", 'a', 1, .stale = TRUE, .taken = TRUE},
        {"10.9.1.0/24", 'b', 2}}},
    {"a vouched claim comes before an earlier one", {
        {"10.9.1.0/24", 'a', 1, .taken = TRUE},
        {"10.9.1.0/24", 'b', 2, .vouched = TRUE}}},
    {"a vouched claim of a living member comes before one of a silent member", {
        {"10.9.1.3/32", 'a', 1, .vouched = TRUE, .dead = TRUE, .taken = TRUE},
        {"10.9.1.3/32", 'b', 2, .vouched = TRUE}}},
    {"without a voucher nobody takes the prefix of a silent member", {
        {"10.9.1.3/32", 'a', 1, .dead = TRUE},
        {"10.9.1.3/32", 'b', 2, .taken = TRUE}}},
    {"of two silent members the first keeps the prefix", {
        {"10.9.1.3/32", 'a', 1, .vouched = TRUE, .dead = TRUE},
        {"10.9.1.3/32", 'b', 2, .vouched = TRUE, .dead = TRUE, .taken = TRUE}}},
    {"a vouched claim keeps what is inside from an earlier one", {
        {"10.9.1.5/32", 'a', 1, .taken = TRUE},
        {"10.9.1.0/24", 'b', 2, .vouched = TRUE}}},
    {"a stale vouched claim comes after a live one", {
        {"10.9.1.0/24", 'a', 1, .vouched = TRUE, .stale = TRUE, .taken = TRUE},
        {"10.9.1.0/24", 'b', 2}}},
    {"a stale source counts with a live one of the same member", {
        {"10.9.1.0/24", 'a', 1, .stale = TRUE},
        {"10.9.1.0/24", 'b', 3, .taken = TRUE},
        {"10.9.1.0/24", 'a', 2}}},
    {"the first of two stale claims is accepted", {
        {"10.9.1.0/24", 'a', 1, .stale = TRUE},
        {"10.9.1.0/24", 'b', 2, .stale = TRUE, .taken = TRUE}}},
    {"a later claim inside the prefix of another member is refused", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.1.5/32", 'b', 2, .taken = TRUE}}},
    {"a later claim around the prefix of another member is refused", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.0.0/22", 'b', 2, .taken = TRUE}}},
    {"a member may claim prefixes inside its own", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.1.5/32", 'a', 2},
        {"10.9.0.0/22", 'a', 3}}},
    {"prefixes that do not overlap are independent", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.2.0/24", 'b', 2},
        {"10.9.0.0/24", 'b', 3}}},
    {"a refused claim takes nothing from later ones", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.0.0/22", 'b', 2, .taken = TRUE},
        {"10.9.2.0/24", 'c', 3}}},
    {"others may own prefixes inside one of a transit peer", {
        {"10.9.0.0/16", 'h', 1, .transit = TRUE},
        {"10.9.1.0/24", 'a', 2}}},
    {"a transit peer may claim a prefix around those of others", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.0.0/16", 'h', 2, .transit = TRUE},
        {"10.9.2.0/24", 'b', 3}}},
    {"a transit peer does not get the prefix of another member", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.1.0/24", 'h', 2, .transit = TRUE, .taken = TRUE}}},
    {"a transit peer does not get a prefix inside one of another member", {
        {"10.9.1.0/24", 'a', 1},
        {"10.9.1.5/32", 'h', 2, .transit = TRUE, .taken = TRUE}}},
    {"members inside a transit peer's prefix still exclude each other", {
        {"10.9.0.0/16", 'h', 1, .transit = TRUE},
        {"10.9.1.0/24", 'a', 2},
        {"10.9.1.5/32", 'b', 3, .taken = TRUE}}},
    {"IPv6 prefixes follow the same rules", {
        {"fd00:1::/64", 'a', 1},
        {"fd00:1::5/128", 'b', 2, .taken = TRUE},
        {"fd00:1::/48", 'h', 3, .transit = TRUE},
        {"fd00:2::/64", 'b', 4}}},
    {"families do not overlap", {
        {"0.0.0.0/2", 'a', 1},
        {"::/2", 'b', 2}}},
};
/* clang-format on */

static guint
count(const Row *row)
{
    guint n = 0;

    while (n < MAX_CLAIMS && row->claims[n].prefix)
        n++;
    return n;
}

/* Decides the claims of @row, gathered from the one at @first on. */
static void
check(const Row *row, guint first, gboolean backward)
{
    g_autoptr(GArray) claims = g_array_new(FALSE, FALSE, sizeof(WlPrefixClaim));
    WlKey members[MAX_CLAIMS] = {0};
    guint n = count(row);

    for (guint i = 0; i < n; i++) {
        guint index = (first + (backward ? n - i : i)) % n;
        const Claim *claim = &row->claims[index];
        WlPrefixClaim input = {
            .subject = &members[index],
            .vouched = claim->vouched,
            .dead = claim->dead,
            .transit = claim->transit,
            .stale = claim->stale,
            .sequence = claim->sequence,
            .index = index,
            .verdict = WL_VERDICT_N,
        };

        members[index].bytes[0] = claim->member;
        g_assert_true(wl_prefix_parse(claim->prefix, &input.prefix));
        g_array_append_val(claims, input);
    }
    wl_prefix_arbiter_decide(claims);
    g_assert_cmpuint(claims->len, ==, n);
    for (guint i = 0; i < n; i++) {
        const WlPrefixClaim *claim = &g_array_index(claims, WlPrefixClaim, i);

        g_test_message("claim %u", claim->index);
        g_assert_cmpint(claim->verdict, ==,
                        row->claims[claim->index].taken ? WL_VERDICT_TAKEN : WL_VERDICT_ACCEPTED);
    }
}

/* The order in which claims are gathered does not matter. */
static void
test_row(gconstpointer data)
{
    const Row *row = data;

    for (guint first = 0; first < count(row); first++) {
        check(row, first, FALSE);
        check(row, first, TRUE);
    }
}

/* The order of two claims is the reverse of the reverse, and a claim is as early as itself. */
static void
test_compare(void)
{
    static const WlPrefixClaim claims[] = {
        {.vouched = TRUE, .sequence = 7},
        {.vouched = TRUE, .dead = TRUE, .sequence = 1},
        {.dead = TRUE, .sequence = 3},
        {.sequence = 4},
        {.vouched = TRUE, .stale = TRUE, .sequence = 1},
        {.stale = TRUE, .sequence = 2},
    };

    for (guint i = 0; i < G_N_ELEMENTS(claims); i++) {
        for (guint j = 0; j < G_N_ELEMENTS(claims); j++) {
            int order = wl_prefix_arbiter_compare(&claims[i], &claims[j]);
            g_assert_cmpint((order > 0) - (order < 0), ==, (i > j) - (i < j));
        }
    }
}

int
main(int argc, char *argv[])
{
    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("/prefix-arbiter/%s", rows[i].name);
        g_test_add_data_func(name, &rows[i], test_row);
    }
    g_test_add_func("/prefix-arbiter/order", test_compare);
    return g_test_run();
}
