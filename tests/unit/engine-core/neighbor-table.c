/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the neighbor discovery of each uplink says about one address. */
#include "state/wl-neighbor-table.h"

#include <stdlib.h>

#include "harness.h"
#include "wl-array.h"

#define WANTED "192.168.1.77"

/* Answers about WANTED, one per interface: nothing requested, pending, a first miss while pending,
 * present, absent. The interfaces are 2, 3, … in the order of the text. */
static void
set_answers(WlNeighborTable *table, const char *answers)
{
    g_array_set_size(table->entries, 0);
    for (guint i = 0; answers[i]; i++) {
        WlNeighbor other = {
            .ip = harness_ip("192.168.1.78"), .ifindex = 2 + i, .state = WL_NEIGHBOR_PRESENT};
        WlNeighbor known = {.ip = harness_ip(WANTED), .ifindex = 2 + i};

        known.state = answers[i] == '+'   ? WL_NEIGHBOR_PRESENT
                      : answers[i] == '-' ? WL_NEIGHBOR_ABSENT
                                          : WL_NEIGHBOR_PENDING;
        known.misses = answers[i] == '-' || answers[i] == 'm';
        if (answers[i] != '.')
            g_array_append_val(table->entries, known);
        /* of another address */
        g_array_append_val(table->entries, other);
    }
}

static void
set_local(WlPolicy *policy, const char *addresses)
{
    g_auto(GStrv) parts = g_strsplit(addresses, " ", 0);
    const WlLocalAddress beyond = {
        .address = harness_prefix("192.168.1.12/24"), .ifindex = 2, .uplink = TRUE};

    g_array_set_size(policy->local, 0);
    for (guint i = 0; parts[i]; i++) {
        WlLocalAddress local = {
            .address = harness_prefix(parts[i]), .ifindex = 2 + i, .uplink = TRUE};
        g_array_append_val(policy->local, local);
    }
    /* What is behind the end of the list does not count. */
    g_array_append_val(policy->local, beyond);
    g_array_set_size(policy->local, policy->local->len - 1);
}

/* A neighbor is present if one of the networks of the address has it or it is an address of this
 * machine; absent only if each of its networks missed it, and there is one. */
static void
test_networks(void)
{
    static const struct {
        const char *addresses;
        const char *answers; /* .: none, ?: pending, m: missed once, +: present, -: absent */
        gboolean present, absent;
    } cases[] = {
        /* on no network of this machine, whatever is known */
        {"", "++", FALSE, FALSE},
        {"", "--", FALSE, FALSE},
        {"10.1.0.1/16 10.2.0.1/16", "++", FALSE, FALSE},
        {"10.1.0.1/16 10.2.0.1/16", "--", FALSE, FALSE},
        /* on one of two */
        {"192.168.1.10/24 10.2.0.1/16", "+-", TRUE, FALSE},
        {"192.168.1.10/24 10.2.0.1/16", "-+", FALSE, TRUE},
        {"10.1.0.1/16 192.168.1.10/24", "+-", FALSE, TRUE},
        {"10.1.0.1/16 192.168.1.10/24", "-+", TRUE, FALSE},
        {"10.1.0.1/16 192.168.1.10/24", "-.", FALSE, FALSE},
        {"192.168.1.10/24 10.2.0.1/16", ".-", FALSE, FALSE},
        {"192.168.1.10/24 10.2.0.1/16", "?-", FALSE, FALSE},
        {"192.168.1.10/24 10.2.0.1/16", "m.", FALSE, TRUE},
        /* on both */
        {"192.168.1.10/24 192.168.1.11/24", "..", FALSE, FALSE},
        {"192.168.1.10/24 192.168.1.11/24", "--", FALSE, TRUE},
        {"192.168.1.10/24 192.168.1.11/24", "mm", FALSE, TRUE},
        {"192.168.1.10/24 192.168.1.11/24", "-.", FALSE, FALSE},
        {"192.168.1.10/24 192.168.1.11/24", ".-", FALSE, FALSE},
        {"192.168.1.10/24 192.168.1.11/24", "-?", FALSE, FALSE},
        {"192.168.1.10/24 192.168.1.11/24", "+-", TRUE, FALSE},
        {"192.168.1.10/24 192.168.1.11/24", "-+", TRUE, FALSE},
        {"192.168.1.10/24 192.168.1.11/24", "++", TRUE, FALSE},
        /* an own address needs no answer */
        {"192.168.1.77/24 192.168.1.11/24", "..", TRUE, FALSE},
        {"192.168.1.11/24 192.168.1.77/24", "..", TRUE, FALSE},
    };
    g_autoptr(WlEngineConfig) config = wl_engine_config_new();
    const WlIp wanted = harness_ip(WANTED);
    WlNeighborTable table;
    WlPolicy policy;

    wl_policy_init(&policy, config);
    wl_neighbor_table_init(&table);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_test_message("case %u", i);
        set_local(&policy, cases[i].addresses);
        set_answers(&table, cases[i].answers);
        g_assert_cmpint(wl_neighbor_table_is_present(&table, &policy, &wanted), ==,
                        cases[i].present);
        g_assert_cmpint(wl_neighbor_table_is_absent(&table, &policy, &wanted), ==, cases[i].absent);
    }
    wl_neighbor_table_clear(&table);
    wl_policy_clear(&policy);
}

/* Entries as "Pxs": the payer, x: pending, or a: absent, s: seconds since its last request. */
static void
test_victim(void)
{
    static const struct {
        const char *name, *entries;
        char payer;
        int victim; /* index, or -1 */
    } rows[] = {
        {"the table of another member is left alone if it has as many", "Aa9 Ba8", 'A', 0},
        {"the member with the most makes room", "Aa9 Aa8 Ba7", 'B', 0},
        {"also for one that has none", "Aa7 Aa8 Ba9", 'C', 1},
        {"one that has the most replaces its own", "Aa7 Aa8 Ba9", 'A', 1},
        {"the oldest goes first", "Aa5 Aa9 Aa7", 'B', 1},
        {"what is pending stays", "Ax9 Aa8 Ba7", 'B', 1},
        {"nothing, if all of it is pending", "Ax9 Ax8 Bx7", 'B', -1},
        {"nor does what is pending for as long as an answer may take", "Ax60 Aa8 Ba7", 'B', 0},
        {"what is pending for too long does not stay", "Ax61 Aa8 Ba7", 'B', 0},
        {"of equal ones none makes room for a third with as many", "Aa9 Ba8 Ca7", 'C', 2},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(GStrv) words = g_strsplit(rows[i].entries, " ", 0);
        const WlKey payer = {.bytes = {(guint8) rows[i].payer}};
        const WlNeighbor *victim;
        WlNeighborTable table;

        wl_neighbor_table_init(&table);
        for (guint j = 0; words[j]; j++) {
            const WlNeighbor known = {
                .payer = {.bytes = {(guint8) words[j][0]}},
                .state = words[j][1] == 'x' ? WL_NEIGHBOR_PENDING : WL_NEIGHBOR_ABSENT,
                .requested = SEC(1000) - SEC(atoi(words[j] + 2)),
            };
            g_array_append_val(table.entries, known);
        }
        victim = wl_neighbor_table_find_victim(&table, &payer, SEC(1000));
        if ((victim ? (int) (victim - (WlNeighbor *) table.entries->data) : -1) != rows[i].victim)
            g_error("%s", rows[i].name);
        wl_neighbor_table_clear(&table);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/neighbor-table/networks", test_networks);
    g_test_add_func("/neighbor-table/victim", test_victim);
    return g_test_run();
}
