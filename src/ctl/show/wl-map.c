/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of a network as an SVG document: links, members, a title and a legend. The caller owns
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
#define NODE_RADIUS 17
#define SELF_RADIUS 26
#define LINE_HEIGHT 17
#define BEND        0.28 /* of a routed link, off the straight line */
#define LETTER      7    /* approximate width of a letter of the legend */

#define MAX_LABEL 22 /* columns */

typedef struct {
    const WlActiveProfile *profile, *before;
    const WlMapLayout *layout;
    GString *out;
} Picture;

/* Colors also differ in lightness, and links in their dashes. */
static const char style[] =
    "  <style>\n"
    "    .bg { fill: #ffffff; }\n"
    "    text { font-family: system-ui, sans-serif; font-size: 13px; fill: #1c2430; }\n"
    "    .title { font-size: 17px; font-weight: 600; }\n"
    "    .name { font-weight: 600; }\n"
    "    .note { fill: #566173; }\n"
    "    .link { fill: none; stroke-width: 2.5; }\n"
    "    .node, .me { stroke-width: 2.5; }\n"
    "    .me { fill: #dfe8fb; stroke: #2f5fbf; }\n"
    "    .node { fill: #ffffff; }\n"
    "    .direct-lan { stroke: #0b7a3b; }\n"
    "    .direct { stroke: #2a9d5c; }\n"
    "    .routed { stroke: #b26a00; stroke-dasharray: 9 5; }\n"
    "    .connecting { stroke: #2f7fa8; stroke-dasharray: 2 6; stroke-linecap: round; }\n"
    "    .offline { stroke: #8b94a3; }\n"
    "    .link.direct-lan { stroke-width: 4; }\n"
    "    circle { stroke-dasharray: none !important; }\n"
    "    .mark { font-size: 12px; font-weight: 600; text-anchor: middle; }\n"
    "    @media (prefers-color-scheme: dark) {\n"
    "      .bg { fill: #161a20; }\n"
    "      text { fill: #e8ecf2; }\n"
    "      .note { fill: #a3adbb; }\n"
    "      .me { fill: #24365c; stroke: #86aaf0; }\n"
    "      .node { fill: #1f252d; }\n"
    "      .direct-lan { stroke: #5ddb95; }\n"
    "      .direct { stroke: #41b877; }\n"
    "      .routed { stroke: #e8a33d; }\n"
    "      .connecting { stroke: #62b7e0; }\n"
    "      .offline { stroke: #707b8b; }\n"
    "    }\n"
    "  </style>\n";

static const char *const states[] = {"direct-lan", "direct", "routed", "connecting", "offline"};

/* The class of a state; an unknown one is drawn as offline. */
static const char *
class_of(const WlActivePeer *peer)
{
    const char *state = wl_property_string(peer->properties, "State");

    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        if (strcmp(state, states[i]) == 0)
            return states[i];
    }
    return "offline";
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
add_circle(GString *out, WlMapPoint at, double radius, const char *class)
{
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE], r[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out, "  <circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n", class,
                           number(at.x, x), number(at.y, y), number(radius, r));
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

/* The bend of a link: toward the center, or past it if the link would cross the center. */
static WlMapPoint
bend(const Picture *picture, WlMapPoint from, WlMapPoint to)
{
    WlMapPoint middle = {(from.x + to.x) / 2, (from.y + to.y) / 2};
    double dx = to.x - from.x, dy = to.y - from.y;
    double side =
        (picture->layout->self.x - middle.x) * -dy + (picture->layout->self.y - middle.y) * dx;
    double sign = side < -1 ? -1 : 1;

    return (WlMapPoint){middle.x - dy * BEND * sign, middle.y + dx * BEND * sign};
}

/* ---- parts --------------------------------------------------------------------------------- */

static void
add_link(const Picture *picture, guint i)
{
    const WlActivePeer *peer = g_ptr_array_index(picture->layout->peers, i);
    const WlActivePeer *via = wl_map_layout_find_router(picture->profile, peer);
    const char *class = class_of(peer);
    WlMapPoint to = picture->layout->places[i], from = picture->layout->self, by;
    guint at;

    if (strcmp(class, "offline") == 0)
        return;
    by = (WlMapPoint){(from.x + to.x) / 2, (from.y + to.y) / 2};
    if (via && g_ptr_array_find(picture->layout->peers, via, &at)) {
        from = picture->layout->places[at];
        by = bend(picture, from, to);
    }
    add_curve(picture->out, from, by, to, class);
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

static char *
format_state(const Picture *picture, const WlActivePeer *peer)
{
    const WlActivePeer *via =
        wl_active_profile_find_peer(picture->profile, wl_property_string(peer->properties, "Via"));
    guint64 us = wl_property_uint(peer->properties, "RoundTrip");
    g_autofree char *state = escape(wl_property_string(peer->properties, "State"), MAX_LABEL);
    g_autofree char *time = wl_units_round_trip(us);
    g_autofree char *label = via ? wl_active_peer_label(via) : NULL;
    g_autofree char *shown = label ? escape(label, MAX_LABEL) : NULL;

    return g_strdup_printf("%s%s%s%s%s", state, shown ? " via " : "", shown ? shown : "",
                           us ? ", " : "", us ? time : "");
}

static void
add_peer(const Picture *picture, guint i)
{
    const WlActivePeer *peer = g_ptr_array_index(picture->layout->peers, i);
    g_autofree char *label = wl_active_peer_label(peer);
    g_autofree char *name = escape(label, MAX_LABEL);
    g_autofree char *reason = escape(wl_property_string(peer->properties, "Reason"), 300);
    g_autofree char *state = format_state(picture, peer);
    g_autofree char *rates = format_rates(picture, peer);
    g_autofree char *class = g_strdup_printf("node %s", class_of(peer));
    WlMapPoint at = picture->layout->places[i], text = at;
    double dx = at.x - picture->layout->self.x, dy = at.y - picture->layout->self.y;
    guint lines = rates ? 3 : 2;
    const char *anchor = "middle";

    /* Outside the circle: beside the peer, or above or below it near the top and the bottom. */
    if (fabs(dx) > picture->layout->radius * 0.35) {
        anchor = dx > 0 ? "start" : "end";
        text.x += dx > 0 ? NODE_RADIUS + 9 : -NODE_RADIUS - 9;
        text.y += 4 - LINE_HEIGHT * (lines - 1) / 2.0;
    } else if (dy > 0) {
        text.y += NODE_RADIUS + LINE_HEIGHT + 1;
    } else {
        text.y -= NODE_RADIUS + 8 + LINE_HEIGHT * (lines - 1);
    }
    g_string_append_printf(picture->out, "  <g>\n  <title>%s: %s</title>\n", name, reason);
    add_circle(picture->out, at, NODE_RADIUS, class);
    if (wl_property_boolean(peer->properties, "Router"))
        add_text(picture->out, (WlMapPoint){at.x, at.y + 4}, "mark", "middle", "R");
    else if (wl_property_boolean(peer->properties, "Basic"))
        add_text(picture->out, (WlMapPoint){at.x, at.y + 4}, "mark note", "middle", "B");
    add_text(picture->out, text, "name", anchor, name);
    text.y += LINE_HEIGHT;
    add_text(picture->out, text, "note", anchor, state);
    text.y += LINE_HEIGHT;
    if (rates)
        add_text(picture->out, text, "note", anchor, rates);
    g_string_append(picture->out, "  </g>\n");
}

static void
add_self(const Picture *picture)
{
    GVariant *link = picture->profile->link;
    g_autofree char *list = wl_property_list(link, "Addresses", " ");
    g_autofree char *interface = escape(wl_property_string(link, "Interface"), MAX_LABEL);
    g_autofree char *addresses = escape(list, 300);
    WlMapPoint at = picture->layout->self;

    g_string_append_printf(picture->out, "  <g>\n  <title>this member: %s, %s</title>\n", interface,
                           addresses);
    add_circle(picture->out, at, SELF_RADIUS, "me");
    add_text(picture->out, (WlMapPoint){at.x, at.y + 4}, "mark", "middle", "here");
    g_string_append(picture->out, "  </g>\n");
}

static void
add_legend(const Picture *picture)
{
    static const char *const shown[] = {"direct-lan", "direct", "routed", "connecting", "offline"};
    WlMapPoint at = {20, picture->layout->legend_y};

    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autofree char *class = g_strdup_printf("node %s", shown[i]);

        if (strcmp(shown[i], "offline") == 0)
            add_circle(picture->out, (WlMapPoint){at.x + 12, at.y}, 6, class);
        else
            add_curve(picture->out, at, (WlMapPoint){at.x + 12, at.y},
                      (WlMapPoint){at.x + 24, at.y}, shown[i]);
        add_text(picture->out, (WlMapPoint){at.x + 31, at.y + 4}, "note", "start", shown[i]);
        at.x += 31 + LETTER * (double) strlen(shown[i]) + 24;
    }
    add_text(picture->out, (WlMapPoint){at.x, at.y + 4}, "note", "start", "R router, B basic");
}

/* "6 other members: 2 direct, 1 routed". */
static char *
format_members(const Picture *picture)
{
    guint n = picture->layout->peers->len;
    GString *text = g_string_new(NULL);
    const char *separator = ": ";

    g_string_printf(text, "%u other member%s", n, n == 1 ? "" : "s");
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        guint count = 0;

        for (guint j = 0; j < n; j++)
            count += class_of(g_ptr_array_index(picture->layout->peers, j)) == states[i];
        if (count > 0) {
            g_string_append_printf(text, "%s%u %s", separator, count, states[i]);
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
    add_text(picture->out, (WlMapPoint){20, 32}, "title", "start", name);
    add_text(picture->out, (WlMapPoint){20, 32 + LINE_HEIGHT}, "note", "start", members);
}

char *
wl_map_new(const WlActiveProfile *profile, const WlActiveProfile *before)
{
    g_autoptr(WlMapLayout) layout = wl_map_layout_new(profile);
    Picture picture = {profile, before, layout, g_string_new(NULL)};

    add_start(&picture);
    /* Links are drawn below members. */
    for (guint i = 0; i < profile->peers->len; i++)
        add_link(&picture, i);
    add_self(&picture);
    for (guint i = 0; i < profile->peers->len; i++)
        add_peer(&picture, i);
    add_legend(&picture);
    g_string_append(picture.out, "</svg>\n");
    return g_string_free(picture.out, FALSE);
}
