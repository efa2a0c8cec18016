/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of a network as an SVG document: members with their addresses, links with their round
 * trips, networks, a title, a legend and the time. The caller owns
 * the text. Every name in it is escaped for XML and stripped of unsafe characters.
 */
#include "wl-map.h"

#include <math.h>
#include <string.h>

#include "wl-display.h"
#include "wl-map-layout.h"
#include "wl-rate.h"
#include "wl-units.h"

/* In user units of the picture. */
#define NAME_Y      42    /* of the name below a symbol, from its center */
#define ABOVE_Y     (-36) /* of the last line above a symbol */
#define LINE_HEIGHT 17
#define LETTER      7  /* approximate width of a letter */
#define AROUND      70 /* of a routed link, beside the row of this machine */
#define ARCH        70 /* of a link to a member of the same row that is not beside this machine */
#define MARGIN      20

#define MAX_LABEL 22 /* columns */

typedef struct {
    const WlActiveProfile *profile, *before;
    const WlMapLayout *layout;
    gint64 now; /* Unix seconds */
    GString *out;
} Picture;

/* Text has a contrast of at least 4.5:1, lines of 3:1, and links also differ in their dashes. */
static const char style[] =
    "  <style>\n"
    "    .bg { fill: #ffffff; }\n"
    "    text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1c2430; "
    "paint-order: stroke; stroke: #ffffff; stroke-width: 4px; }\n"
    "    .title { font-size: 17px; font-weight: 600; }\n"
    "    .name { font-weight: 600; }\n"
    "    .note { fill: #566173; }\n"
    "    .box { fill: none; stroke: #8b94a3; stroke-dasharray: 3 4; }\n"
    "    .here { fill: #f1f5fd; stroke: #8b94a3; }\n"
    "    .link { fill: none; stroke-width: 2.5; }\n"
    "    .symbol { stroke-width: 2.5; stroke-linejoin: round; fill: #ffffff; }\n"
    "    .me { fill: #dfe8fb; stroke: #2f5fbf; }\n"
    "    .direct-lan, .direct { stroke: #1b7f46; }\n"
    "    .routed { stroke: #a35f00; }\n"
    "    .connecting { stroke: #24708f; }\n"
    "    .offline { stroke: #7a8392; }\n"
    "    .link.routed { stroke-dasharray: 9 5; }\n"
    "    .link.connecting { stroke-dasharray: 2 6; stroke-linecap: round; }\n"
    "    @media (prefers-color-scheme: dark) {\n"
    "      .bg { fill: #161a20; }\n"
    "      text { fill: #e8ecf2; stroke: #161a20; }\n"
    "      .note { fill: #a3adbb; }\n"
    "      .here { fill: #1d2531; }\n"
    "      .symbol { fill: #1f252d; }\n"
    "      .me { fill: #24365c; stroke: #86aaf0; }\n"
    "      .direct-lan, .direct { stroke: #41b877; }\n"
    "      .routed { stroke: #e8a33d; }\n"
    "      .connecting { stroke: #62b7e0; }\n"
    "      .offline { stroke: #8b94a3; }\n"
    "    }\n"
    "  </style>\n"
    "  <defs>\n"
    "    <path id=\"computer\" d=\"M -22 -20 H 22 V 9 H -22 Z M -6 9 V 17 H 6 V 9 M -14 17 H 14\"/>\n"
    "    <path id=\"server\" d=\"M -18 -26 H 18 V -10 H -18 Z M -18 -10 H 18 V 6 H -18 Z M -18 6 H 18 "
    "V 22 H -18 Z M -11 -18 H -6 M -11 -2 H -6 M -11 14 H -6\"/>\n"
    "    <path id=\"phone\" d=\"M -12 -26 H 12 V 22 H -12 Z M -3 16 H 3\"/>\n"
    "  </defs>\n";

/* A state, its word in the legend, and its word under a member. */
static const struct {
    const char *id, *legend, *word;
} states[] = {
    {"direct-lan", NULL, "same network"},
    {"direct", "direct", "direct"},
    {"routed", "through a router", "routed"},
    {"connecting", "connecting", "connecting"},
    {"offline", NULL, "offline"},
};

/* The state of a peer; an unknown one is drawn as offline. */
static guint
state_of(const WlActivePeer *peer)
{
    const char *state = wl_property_string(peer->properties, "State");
    guint i = 0;

    while (i + 1 < G_N_ELEMENTS(states) && strcmp(state, states[i].id) != 0)
        i++;
    return i;
}

static const char *
class_of(const WlActivePeer *peer)
{
    return states[state_of(peer)].id;
}

/* ---- text ---------------------------------------------------------------------------------- */

/* Safe, short, and escaped for XML. */
static char *
escape(const char *text, guint max)
{
    g_autofree char *shown = wl_display_quote(text, max);

    return g_markup_escape_text(shown, -1);
}

/* The same in every locale. */
static const char *
number(double value, char buffer[G_ASCII_DTOSTR_BUF_SIZE])
{
    /* Never "-0.0". */
    return g_ascii_formatd(buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.1f", fabs(value) < 0.05 ? 0 : value);
}

/* @text is escaped. */
static void
add_text(GString *out, WlMapPoint at, const char *class, const char *anchor, const char *text)
{
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out,
                           "  <text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n",
                           class, number(at.x, x), number(at.y, y), anchor, text);
}

static void
add_symbol(GString *out, WlMapPoint at, const char *symbol, const char *class)
{
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out, "  <use href=\"#%s\" class=\"symbol %s\" x=\"%s\" y=\"%s\"/>\n",
                           symbol, class, number(at.x, x), number(at.y, y));
}

/* From @from to @to with the control point @bend. */
static void
add_curve(GString *out, WlMapPoint from, WlMapPoint bend, WlMapPoint to, const char *class)
{
    const WlMapPoint *const points[] = {&from, &bend, &to};

    g_string_append_printf(out, "  <path class=\"link %s\" d=\"", class);
    for (guint i = 0; i < G_N_ELEMENTS(points); i++) {
        char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];

        g_string_append_printf(out, "%s%s %s",
                               i == 0   ? "M "
                               : i == 1 ? " Q "
                                        : " ",
                               number(points[i]->x, x), number(points[i]->y, y));
    }
    g_string_append(out, "\"/>\n");
}

/* ---- parts --------------------------------------------------------------------------------- */

/* The control point of the link to a member at @to: beside a member of the same row, above others
 * of that row, and around this row for a routed member below it. */
static WlMapPoint
bend(const Picture *picture, WlMapPoint from, WlMapPoint to, gboolean routed)
{
    const WlMapLayout *layout = picture->layout;
    WlMapPoint middle = {(from.x + to.x) / 2, (from.y + to.y) / 2};

    if (fabs(to.y - from.y) < 1 && layout->self_right - layout->self_left > fabs(to.x - from.x))
        return (WlMapPoint){middle.x, middle.y - ARCH};
    if (!routed || (from.y - layout->self.y) * (to.y - layout->self.y) >= 0)
        return middle;
    /* A quadratic curve passes halfway between its control point and the middle. */
    if (to.x < layout->self.x)
        return (WlMapPoint){2 * (layout->self_left - AROUND) - middle.x, middle.y};
    return (WlMapPoint){2 * (layout->self_right + AROUND) - middle.x, middle.y};
}

static void
add_link(const Picture *picture, const WlMapPlace *place)
{
    const WlActivePeer *via = wl_map_layout_find_router(picture->profile, place->peer);
    const WlMapPlace *router = via ? wl_map_layout_find(picture->layout, via) : NULL;
    guint64 us = wl_property_uint(place->peer->properties, "RoundTrip");
    const char *class = class_of(place->peer);
    WlMapPoint from = router ? router->at : picture->layout->self, to = place->at;
    WlMapPoint by = bend(picture, from, to, router != NULL);
    WlMapPoint middle = {(from.x + 2 * by.x + to.x) / 4, (from.y + 2 * by.y + to.y) / 4 + 4};
    g_autofree char *time = wl_units_round_trip(us);

    if (strcmp(class, "offline") == 0)
        return;
    add_curve(picture->out, from, by, to, class);
    if (us > 0 && fabs(to.y - from.y) >= 1)
        add_text(picture->out, middle, "note", "middle", time);
}

static void
add_box(const Picture *picture, const WlMapBox *box)
{
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE], w[G_ASCII_DTOSTR_BUF_SIZE],
        h[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *address = box->address ? escape(box->address, MAX_LABEL * 2) : NULL;
    g_autofree char *label =
        address ? g_strdup_printf("NAT %s", address) : g_strdup("same network");

    g_string_append_printf(
        picture->out,
        "  <rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" rx=\"%s\"/>\n",
        address ? "box" : "here", number(box->x, x), number(box->y, y), number(box->width, w),
        number(box->height, h), address ? "40" : "8");
    add_text(picture->out, (WlMapPoint){box->x + 14, box->y + 18}, "note", "start", label);
}

/* NULL if nothing was received or sent. */
static char *
format_rates(const Picture *picture, const WlActivePeer *peer)
{
    g_autofree char *received = NULL;
    g_autofree char *sent = NULL;

    if (picture->before) {
        received = wl_rate_format(picture->profile, picture->before, peer, "RxBytes");
        sent = wl_rate_format(picture->profile, picture->before, peer, "TxBytes");
    }
    if (!received || !sent || (strcmp(received, "0 B/s") == 0 && strcmp(sent, "0 B/s") == 0))
        return NULL;
    return g_strdup_printf("↓ %s  ↑ %s", received, sent);
}

/* "same network, 0.3 ms", "through hub", "offline, heard 2 h ago"; escaped. */
static char *
format_state(const Picture *picture, const WlActivePeer *peer)
{
    const WlActivePeer *via = wl_map_layout_find_router(picture->profile, peer);
    gint64 heard = wl_property_int(peer->properties, "LastReply");
    guint64 us = wl_property_uint(peer->properties, "RoundTrip");
    const char *word = states[state_of(peer)].word;

    if (wl_active_peer_is_silent(peer)) {
        g_autofree char *reason = wl_active_peer_reason(peer, picture->now);

        return escape(reason, MAX_LABEL * 2);
    }
    if (via) {
        g_autofree char *label = wl_active_peer_label(via);
        g_autofree char *shown = escape(label, MAX_LABEL);

        return g_strdup_printf("through %s", shown);
    }
    if (strcmp(word, "offline") == 0 && heard > 0) {
        g_autofree char *age = wl_units_age(heard, picture->now);

        return g_strdup_printf("offline, heard %s ago", age);
    }
    /* Elsewhere it is on the line. */
    if (us > 0 && strcmp(class_of(peer), "direct-lan") == 0) {
        g_autofree char *time = wl_units_round_trip(us);

        return g_strdup_printf("%s, %s", word, time);
    }
    return g_strdup(word);
}

static const char *
symbol_of(const WlActivePeer *peer)
{
    if (wl_property_boolean(peer->properties, "Router"))
        return "server";
    return wl_property_boolean(peer->properties, "Basic") ? "phone" : "computer";
}

static void
add_peer(const Picture *picture, const WlMapPlace *place)
{
    const WlActivePeer *peer = place->peer;
    g_autofree char *label = wl_active_peer_label(peer);
    g_autofree char *name = escape(label, MAX_LABEL);
    g_autofree char *reason = escape(wl_property_string(peer->properties, "Reason"), 300);
    g_autofree char *address = wl_active_peer_address(peer);
    g_autofree char *shown = escape(address, MAX_LABEL * 2);
    g_autofree char *state = format_state(picture, peer);
    g_autofree char *rates = format_rates(picture, peer);
    const char *const lines[] = {name, shown, state, rates};
    WlMapPoint text = {place->at.x, place->at.y + NAME_Y};
    guint n = (shown[0] != '\0') + (rates != NULL);

    g_string_append_printf(picture->out, "  <g>\n  <title>%s: %s</title>\n", name, reason);
    add_symbol(picture->out, place->at, symbol_of(peer), class_of(peer));
    if (place->text_above)
        text.y = place->at.y + ABOVE_Y - (n + 1) * LINE_HEIGHT;
    for (guint i = 0; i < G_N_ELEMENTS(lines); i++) {
        if (!lines[i] || lines[i][0] == '\0')
            continue;
        add_text(picture->out, text, i == 0 ? "name" : "note", "middle", lines[i]);
        text.y += LINE_HEIGHT;
    }
    g_string_append(picture->out, "  </g>\n");
}

/* "10.77.0.2" of "10.77.0.2/24". */
static void
add_addresses(const Picture *picture, WlMapPoint at)
{
    g_autoptr(GVariant) list = wl_property_value(picture->profile->link, "Addresses", "as");
    const char *address;
    GVariantIter iter;

    if (!list)
        return;
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_next(&iter, "&s", &address)) {
        g_autofree char *host = g_strndup(address, strcspn(address, "/"));
        g_autofree char *shown = escape(host, MAX_LABEL * 2);

        add_text(picture->out, at, "note", "middle", shown);
        at.y += LINE_HEIGHT;
        if (at.y > picture->layout->self.y + NAME_Y + 2.5 * LINE_HEIGHT)
            return;
    }
}

static void
add_self(const Picture *picture)
{
    GVariant *link = picture->profile->link;
    g_autofree char *interface = escape(wl_property_string(link, "Interface"), MAX_LABEL);
    gboolean router = strcmp(wl_property_string(link, "Role"), "router") == 0;
    WlMapPoint at = picture->layout->self;

    g_string_append_printf(picture->out, "  <g>\n  <title>this machine: %s</title>\n", interface);
    add_symbol(picture->out, at, router ? "server" : "computer", "me");
    at.y += NAME_Y;
    add_text(picture->out, at, "name", "middle", "this machine");
    at.y += LINE_HEIGHT;
    add_addresses(picture, at);
    g_string_append(picture->out, "  </g>\n");
}

static void
add_legend(const Picture *picture)
{
    WlMapPoint at = {MARGIN, picture->layout->height - MARGIN};
    g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(picture->now);
    g_autofree char *time = when ? g_date_time_format(when, "%Y-%m-%d %H:%M") : g_strdup("");

    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        WlMapPoint middle = {at.x + 12, at.y}, end = {at.x + 24, at.y};

        if (!states[i].legend)
            continue;
        add_curve(picture->out, at, middle, end, states[i].id);
        add_text(picture->out, (WlMapPoint){at.x + 31, at.y + 4}, "note", "start",
                 states[i].legend);
        at.x += 31 + LETTER * (double) strlen(states[i].legend) + 10;
    }
    add_text(picture->out, (WlMapPoint){picture->layout->width - MARGIN, at.y + 4}, "note", "end",
             time);
}

/* "6 other members: 2 direct, 1 routed". */
static char *
format_members(const Picture *picture)
{
    const GPtrArray *peers = picture->profile->peers;
    GString *text = g_string_new(NULL);
    const char *separator = ": ";

    g_string_printf(text, "%u other member%s", peers->len, peers->len == 1 ? "" : "s");
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        guint count = 0;

        for (guint j = 0; j < peers->len; j++)
            count += state_of(g_ptr_array_index(peers, j)) == i;
        if (count > 0) {
            g_string_append_printf(text, "%s%u %s", separator, count, states[i].word);
            separator = ", ";
        }
    }
    return g_string_free(text, FALSE);
}

static void
add_start(const Picture *picture)
{
    g_autofree char *members = format_members(picture);

    char w[G_ASCII_DTOSTR_BUF_SIZE], h[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *label = wl_active_profile_label(picture->profile);
    g_autofree char *name = escape(label, 63);

    number(picture->layout->width, w);
    number(picture->layout->height, h);
    g_string_append_printf(picture->out,
                           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" "
                           "viewBox=\"0 0 %s %s\" role=\"img\">\n"
                           "  <title>%s</title>\n%s"
                           "  <rect class=\"bg\" width=\"%s\" height=\"%s\"/>\n",
                           w, h, w, h, name, style, w, h);
    add_text(picture->out, (WlMapPoint){MARGIN, 32}, "title", "start", name);
    add_text(picture->out, (WlMapPoint){MARGIN, 32 + LINE_HEIGHT}, "note", "start", members);
}

char *
wl_map_new(const WlActiveProfile *profile, const WlActiveProfile *before, gint64 now)
{
    g_autoptr(WlMapLayout) layout = wl_map_layout_new(profile);
    Picture picture = {profile, before, layout, now, g_string_new(NULL)};

    add_start(&picture);
    /* Boxes are drawn below links, and these below members. */
    for (guint i = 0; i < layout->boxes->len; i++)
        add_box(&picture, &g_array_index(layout->boxes, WlMapBox, i));
    for (guint i = 0; i < layout->places->len; i++) {
        const WlMapPlace *place = &g_array_index(layout->places, WlMapPlace, i);

        if (place->peer)
            add_link(&picture, place);
    }
    add_self(&picture);
    for (guint i = 0; i < layout->places->len; i++) {
        const WlMapPlace *place = &g_array_index(layout->places, WlMapPlace, i);

        if (place->peer)
            add_peer(&picture, place);
    }
    add_legend(&picture);
    g_string_append(picture.out, "</svg>\n");
    return g_string_free(picture.out, FALSE);
}
