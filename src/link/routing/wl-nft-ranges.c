/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Prefixes as ranges, which a set of nf_tables needs without overlap. Stateless.
 */
#include "wl-nft-ranges.h"

/* The address that follows a prefix without host bits; none after the last one of the family. */
static WlIp
end_of(const WlPrefix *prefix)
{
    WlIp end = prefix->ip;

    if (prefix->length == 0)
        return (WlIp){.family = WL_FAMILY_NONE};
    /* Adds one to the last bit of the network, with carry. */
    for (int i = (prefix->length - 1) / 8, step = 1 << (7 - (prefix->length - 1) % 8); i >= 0;
         i--, step = 1) {
        int sum = end.bytes[i] + step;

        end.bytes[i] = (guint8) sum;
        if (sum <= G_MAXUINT8)
            return end;
    }
    return (WlIp){.family = WL_FAMILY_NONE};
}

/* Sorted prefixes follow each other, or one contains the next. */
static void
add(GArray *ranges, const WlPrefix *prefix)
{
    WlNftRange *last = ranges->len > 0 ? &g_array_index(ranges, WlNftRange, ranges->len - 1) : NULL;
    WlNftRange range = {prefix->ip, end_of(prefix)};
    int order;

    if (last && last->end.family == WL_FAMILY_NONE)
        return;
    order = last ? memcmp(last->end.bytes, range.first.bytes, sizeof range.first.bytes) : -1;
    if (order < 0)
        g_array_append_val(ranges, range);
    else if (order == 0)
        last->end = range.end;
}

GArray *
wl_nft_ranges_new(const GArray *prefixes, WlFamily family, guint most, guint *left_out)
{
    g_autoptr(GArray) sorted = g_array_new(FALSE, FALSE, sizeof(WlPrefix));
    GArray *ranges = g_array_new(FALSE, TRUE, sizeof(WlNftRange));

    for (guint i = 0; i < prefixes->len; i++) {
        WlPrefix prefix = wl_prefix_masked(&g_array_index(prefixes, WlPrefix, i));

        if (prefix.ip.family == family)
            g_array_append_val(sorted, prefix);
    }
    g_array_sort(sorted, wl_prefix_compare);
    for (guint i = 0; i < sorted->len; i++)
        add(ranges, &g_array_index(sorted, WlPrefix, i));
    if (left_out)
        *left_out = ranges->len > most ? ranges->len - most : 0;
    g_array_set_size(ranges, MIN(ranges->len, most));
    return ranges;
}
