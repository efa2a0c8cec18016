/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-table.h"

#include "wl-ctl-output.h"

#include <stdio.h>
#include <string.h>

#define INDENT    "  "
#define GAP       2  /* columns between two cells */
#define MAX_LABEL 28 /* columns of a peer's name in a table */

enum {
    COLUMN_PEER,
    COLUMN_STATE,
    COLUMN_ENDPOINT,
    COLUMN_HANDSHAKE,
    COLUMN_RECEIVED,
    COLUMN_SENT,
    COLUMN_TRUST,
    N_COLUMNS,
};

static const char *const titles[N_COLUMNS] = {"PEER",     "STATE", "ENDPOINT", "HANDSHAKE",
                                              "RECEIVED", "SENT",  "TRUST"};

typedef struct {
    char *cells[N_COLUMNS];
    char *reason;
} Row;

static void
row_free(Row *row)
{
    for (guint i = 0; i < N_COLUMNS; i++)
        g_free(row->cells[i]);
    g_free(row->reason);
    g_free(row);
}

/* ---- what stands in a row ------------------------------------------------------------------ */

/* At most @max columns of @text, with an ellipsis where something is missing. */
static char *
cut(const char *text, guint max)
{
    const char *end = text;
    guint width = 0;

    if (wl_ctl_width(text) <= max)
        return g_strdup(text);
    while (*end) {
        gunichar character = g_utf8_get_char(end);
        guint more = g_unichar_iszerowidth(character) ? 0 : g_unichar_iswide(character) ? 2 : 1;

        if (width + more > max - 1)
            break;
        width += more;
        end = g_utf8_next_char(end);
    }
    return g_strdup_printf("%.*s…", (int) (end - text), text);
}

static char *
harmless_or_dash(const char *text)
{
    return *text ? wl_ctl_harmless(text) : g_strdup("-");
}

static char *
describe_state(const WlCtlProfile *profile, const WlCtlPeer *peer)
{
    g_autofree char *state = wl_ctl_harmless(wl_ctl_get_string(peer->properties, "State"));
    const WlCtlPeer *via =
        wl_ctl_profile_find_peer(profile, wl_ctl_get_string(peer->properties, "Via"));
    g_autofree char *label = via ? wl_ctl_peer_label(via) : NULL;
    g_autofree char *short_label = label ? cut(label, MAX_LABEL) : NULL;

    return short_label ? g_strdup_printf("%s via %s", state, short_label) : g_steal_pointer(&state);
}

static char *
describe_trust(GVariant *properties)
{
    g_autofree char *trust = harmless_or_dash(wl_ctl_get_string(properties, "Trust"));

    return g_strdup_printf("%s%s%s", trust,
                           wl_ctl_get_boolean(properties, "Router") ? ", router" : "",
                           wl_ctl_get_boolean(properties, "Basic") ? ", basic" : "");
}

static Row *
make_row(const WlCtlProfile *profile, const WlCtlPeer *peer, gint64 now)
{
    g_autofree char *label = wl_ctl_peer_label(peer);
    GVariant *properties = peer->properties;
    Row *row = g_new0(Row, 1);

    row->cells[COLUMN_PEER] = cut(label, MAX_LABEL);
    row->cells[COLUMN_STATE] = describe_state(profile, peer);
    row->cells[COLUMN_ENDPOINT] = harmless_or_dash(wl_ctl_get_string(properties, "Endpoint"));
    row->cells[COLUMN_HANDSHAKE] =
        wl_ctl_format_age(wl_ctl_get_int(properties, "LastHandshake"), now);
    row->cells[COLUMN_RECEIVED] = wl_ctl_format_bytes(wl_ctl_get_uint(properties, "RxBytes"));
    row->cells[COLUMN_SENT] = wl_ctl_format_bytes(wl_ctl_get_uint(properties, "TxBytes"));
    row->cells[COLUMN_TRUST] = describe_trust(properties);
    row->reason = wl_ctl_harmless(wl_ctl_get_string(properties, "Reason"));
    return row;
}

/* ---- layouts ------------------------------------------------------------------------------- */

static void
print_padded(const char *text, guint width)
{
    guint used = wl_ctl_width(text);

    fputs(text, stdout);
    for (; used < width; used++)
        putchar(' ');
}

static void
print_cells(const char *const cells[N_COLUMNS], const guint widths[N_COLUMNS], const char *last)
{
    fputs(INDENT, stdout);
    for (guint i = 0; i < N_COLUMNS; i++) {
        if (i + 1 == N_COLUMNS && !last)
            fputs(cells[i], stdout);
        else
            print_padded(cells[i], widths[i] + GAP);
    }
    puts(last ? last : "");
}

static void
print_table(const GPtrArray *rows, const guint widths[N_COLUMNS], gboolean reason_below)
{
    print_cells(titles, widths, reason_below ? NULL : "REASON");
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = g_ptr_array_index(rows, i);
        gboolean in_row = !reason_below && *row->reason;

        print_cells((const char *const *) row->cells, widths, in_row ? row->reason : NULL);
        if (reason_below && *row->reason)
            printf(INDENT INDENT "%s\n", row->reason);
    }
}

static void
print_paragraphs(const GPtrArray *rows)
{
    for (guint i = 0; i < rows->len; i++) {
        const Row *row = g_ptr_array_index(rows, i);

        printf(INDENT "%s: %s\n", row->cells[COLUMN_PEER], row->cells[COLUMN_STATE]);
        printf(INDENT INDENT "endpoint   %s\n", row->cells[COLUMN_ENDPOINT]);
        printf(INDENT INDENT "handshake  %s\n", row->cells[COLUMN_HANDSHAKE]);
        printf(INDENT INDENT "received   %s, sent %s\n", row->cells[COLUMN_RECEIVED],
               row->cells[COLUMN_SENT]);
        printf(INDENT INDENT "trust      %s\n", row->cells[COLUMN_TRUST]);
        if (*row->reason)
            printf(INDENT INDENT "reason     %s\n", row->reason);
    }
}

static guint
measure(const GPtrArray *rows, guint widths[N_COLUMNS])
{
    guint total = strlen(INDENT) + GAP * (N_COLUMNS - 1);

    for (guint i = 0; i < N_COLUMNS; i++) {
        widths[i] = wl_ctl_width(titles[i]);
        for (guint j = 0; j < rows->len; j++) {
            const Row *row = g_ptr_array_index(rows, j);

            widths[i] = MAX(widths[i], wl_ctl_width(row->cells[i]));
        }
        total += widths[i];
    }
    return total;
}

static guint
widest_reason(const GPtrArray *rows)
{
    guint widest = 0;

    for (guint i = 0; i < rows->len; i++) {
        const Row *row = g_ptr_array_index(rows, i);

        widest = MAX(widest, wl_ctl_width(row->reason));
    }
    return widest;
}

static void
print_head(const WlCtlProfile *profile)
{
    GVariant *link = profile->link;
    g_autofree char *id = harmless_or_dash(wl_ctl_get_string(link, "Id"));
    g_autofree char *interface = wl_ctl_harmless(wl_ctl_get_string(link, "Interface"));
    g_autofree char *backend = wl_ctl_harmless(wl_ctl_get_string(link, "Backend"));
    g_autofree char *role = wl_ctl_harmless(wl_ctl_get_string(link, "Role"));
    g_autofree char *key = wl_ctl_harmless(wl_ctl_get_string(link, "PublicKey"));
    g_autofree char *address = wl_ctl_harmless(wl_ctl_get_string(link, "LinkLocalAddress"));

    printf("%s: interface %s, %s, %s\n", id, interface, backend, role);
    printf(INDENT "public key %s\n", key);
    printf(INDENT "address %s, listen port %u, fact port %u, %u facts\n", address,
           (guint) wl_ctl_get_uint(link, "ListenPort"), (guint) wl_ctl_get_uint(link, "FactPort"),
           (guint) wl_ctl_get_uint(link, "FactCount"));
}

void
wl_ctl_table_print(const WlCtlProfile *profile, guint width, gint64 now)
{
    g_autoptr(GPtrArray) rows = g_ptr_array_new_with_free_func((GDestroyNotify) row_free);
    guint widths[N_COLUMNS], table, reason;

    for (guint i = 0; i < profile->peers->len; i++)
        g_ptr_array_add(rows, make_row(profile, g_ptr_array_index(profile->peers, i), now));
    print_head(profile);
    if (rows->len == 0) {
        puts(INDENT "no peers");
        return;
    }
    table = measure(rows, widths);
    reason = MAX(widest_reason(rows), strlen("REASON"));
    if (table > width)
        print_paragraphs(rows);
    else
        print_table(rows, widths, table + GAP + reason > width);
}
