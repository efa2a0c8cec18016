/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-svg.h"

#include "wl-ctl-output.h"
#include "wl-ctl-table.h"

#include <math.h>
#include <string.h>

/* All in units of the picture. */
#define SPACING     150 /* along the circle, between two peers */
#define CROWDED     16  /* more peers than this have labels beside each other at the top */
#define WIDE        195 /* and this much along the circle, so that these do not touch */
#define MIN_RADIUS  200
#define NODE_RADIUS 17
#define SELF_RADIUS 26
#define MARGIN_X    250 /* around the circle, for the labels */
#define MARGIN_Y    90
#define LINE_HEIGHT 17
#define BEND        0.28 /* of a routed link, off the straight line */
#define HEADER      36   /* height of the title, above the labels at the top */
#define LEGEND      44   /* height of the legend */
#define LETTER      7    /* width of a letter of the legend, about */

#define MAX_LABEL 22 /* columns */

typedef struct {
    double x, y;
} Point;

typedef struct {
    const WlCtlProfile *profile, *before;
    double width, height, radius;
    Point self;
    GPtrArray *peers; /* of WlCtlPeer, in the order of the circle */
    Point *places;    /* of these */
    GString *out;
} Picture;

/* The colours are told apart by lightness too, and so are the links by their dashes. */
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

/* The class of a state; what is not known is drawn as what is not reached. */
static const char *
class_of(const WlCtlPeer *peer)
{
    const char *state = wl_ctl_get_string(peer->properties, "State");

    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        if (strcmp(state, states[i]) == 0)
            return states[i];
    }
    return "offline";
}

/* ---- text ---------------------------------------------------------------------------------- */

/* Harmless, short, and escaped. */
static char *
escape(const char *text, guint max)
{
    g_autofree char *shown = wl_ctl_quote(text, max);

    return g_markup_escape_text(shown, -1);
}

/* In the same form in every locale. */
static const char *
number(double value, char buffer[G_ASCII_DTOSTR_BUF_SIZE])
{
    /* Never "-0.0". */
    return g_ascii_formatd(buffer, G_ASCII_DTOSTR_BUF_SIZE, "%.1f", fabs(value) < 0.05 ? 0 : value);
}

/* @text is escaped. */
static void
add_text(GString *out, Point at, const char *class, const char *anchor, const char *text)
{
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out,
                           "  <text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\">%s</text>\n",
                           class, number(at.x, x), number(at.y, y), anchor, text);
}

static void
add_circle(GString *out, Point at, double radius, const char *class)
{
    char x[G_ASCII_DTOSTR_BUF_SIZE], y[G_ASCII_DTOSTR_BUF_SIZE], r[G_ASCII_DTOSTR_BUF_SIZE];

    g_string_append_printf(out, "  <circle class=\"%s\" cx=\"%s\" cy=\"%s\" r=\"%s\"/>\n", class,
                           number(at.x, x), number(at.y, y), number(radius, r));
}

/* From @from to @to by way of the control point @bend. */
static void
add_curve(GString *out, Point from, Point bend, Point to, const char *class)
{
    const Point *const points[] = {&from, &bend, &to};

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

/* ---- layout -------------------------------------------------------------------------------- */

static const WlCtlPeer *
find_via(const Picture *picture, const WlCtlPeer *peer)
{
    const WlCtlPeer *via =
        wl_ctl_profile_find_peer(picture->profile, wl_ctl_get_string(peer->properties, "Via"));

    return via != peer && strcmp(class_of(peer), "routed") == 0 ? via : NULL;
}

/* @peer, with half of those that it carries on each side. */
static void
add_with_carried(Picture *picture, WlCtlPeer *peer)
{
    const GPtrArray *all = picture->profile->peers;
    guint at = picture->peers->len, before = 0;

    g_ptr_array_add(picture->peers, peer);
    for (guint i = 0; i < all->len; i++) {
        WlCtlPeer *other = g_ptr_array_index(all, i);

        if (find_via(picture, other) != peer)
            continue;
        /* One to this side, the next to the other. */
        if (picture->peers->len - at > 2 * before + 1) {
            g_ptr_array_insert(picture->peers, (int) at, other);
            before++;
        } else {
            g_ptr_array_add(picture->peers, other);
        }
    }
}

static void
put_in_order(Picture *picture)
{
    const GPtrArray *all = picture->profile->peers;

    picture->peers = g_ptr_array_new();
    for (guint i = 0; i < all->len; i++) {
        if (!find_via(picture, g_ptr_array_index(all, i)))
            add_with_carried(picture, g_ptr_array_index(all, i));
    }
    /* What is left is carried by one that is carried itself. */
    for (guint i = 0; i < all->len; i++) {
        if (!g_ptr_array_find(picture->peers, g_ptr_array_index(all, i), NULL))
            g_ptr_array_add(picture->peers, g_ptr_array_index(all, i));
    }
}

/* The first router, else the first peer, stands at the top. */
static guint
find_top(const Picture *picture)
{
    for (guint i = 0; i < picture->peers->len; i++) {
        const WlCtlPeer *peer = g_ptr_array_index(picture->peers, i);

        if (wl_ctl_get_boolean(peer->properties, "Router"))
            return i;
    }
    return 0;
}

static void
place(Picture *picture)
{
    guint n = picture->profile->peers->len, top;

    put_in_order(picture);
    top = find_top(picture);
    picture->radius = MAX(MIN_RADIUS, n * (n > CROWDED ? WIDE : SPACING) / (2 * G_PI));
    picture->width = 2 * (picture->radius + MARGIN_X);
    picture->height = HEADER + 2 * (picture->radius + MARGIN_Y) + LEGEND;
    picture->self = (Point){picture->width / 2, HEADER + MARGIN_Y + picture->radius};
    picture->places = g_new0(Point, MAX(n, 1));
    /* On from the top as the clock goes. */
    for (guint i = 0; i < n; i++) {
        double angle = 2 * G_PI * ((double) i - top) / n - G_PI / 2;

        picture->places[i] = (Point){picture->self.x + picture->radius * cos(angle),
                                     picture->self.y + picture->radius * sin(angle)};
    }
}

/* Where a link bends: towards the middle, or past it where it would go right through. */
static Point
bend(const Picture *picture, Point from, Point to)
{
    Point middle = {(from.x + to.x) / 2, (from.y + to.y) / 2};
    double dx = to.x - from.x, dy = to.y - from.y;
    double side = (picture->self.x - middle.x) * -dy + (picture->self.y - middle.y) * dx;
    double sign = side < -1 ? -1 : 1;

    return (Point){middle.x - dy * BEND * sign, middle.y + dx * BEND * sign};
}

/* ---- parts --------------------------------------------------------------------------------- */

static void
add_link(const Picture *picture, guint i)
{
    const WlCtlPeer *peer = g_ptr_array_index(picture->peers, i);
    const WlCtlPeer *via = find_via(picture, peer);
    const char *class = class_of(peer);
    Point to = picture->places[i], from = picture->self, by;
    guint at;

    if (strcmp(class, "offline") == 0)
        return;
    by = (Point){(from.x + to.x) / 2, (from.y + to.y) / 2};
    if (via && g_ptr_array_find(picture->peers, via, &at)) {
        from = picture->places[at];
        by = bend(picture, from, to);
    }
    add_curve(picture->out, from, by, to, class);
}

/* Received and sent, if anything was meanwhile. */
static char *
describe_rates(const Picture *picture, const WlCtlPeer *peer)
{
    g_autofree char *received = NULL;
    g_autofree char *sent = NULL;

    if (picture->before) {
        received = wl_ctl_format_rate(picture->profile, picture->before, peer, "RxBytes");
        sent = wl_ctl_format_rate(picture->profile, picture->before, peer, "TxBytes");
    }
    if (!received || !sent || (strcmp(received, "0 B/s") == 0 && strcmp(sent, "0 B/s") == 0))
        return NULL;
    return g_strdup_printf("↓ %s  ↑ %s", received, sent);
}

static char *
describe_state(const Picture *picture, const WlCtlPeer *peer)
{
    const WlCtlPeer *via =
        wl_ctl_profile_find_peer(picture->profile, wl_ctl_get_string(peer->properties, "Via"));
    guint64 us = wl_ctl_get_uint(peer->properties, "RoundTrip");
    g_autofree char *state = escape(wl_ctl_get_string(peer->properties, "State"), MAX_LABEL);
    g_autofree char *time = wl_ctl_format_round_trip(us);
    g_autofree char *label = via ? wl_ctl_peer_label(via) : NULL;
    g_autofree char *shown = label ? escape(label, MAX_LABEL) : NULL;

    return g_strdup_printf("%s%s%s%s%s", state, shown ? " via " : "", shown ? shown : "",
                           us ? ", " : "", us ? time : "");
}

static void
add_peer(const Picture *picture, guint i)
{
    const WlCtlPeer *peer = g_ptr_array_index(picture->peers, i);
    g_autofree char *label = wl_ctl_peer_label(peer);
    g_autofree char *name = escape(label, MAX_LABEL);
    g_autofree char *reason = escape(wl_ctl_get_string(peer->properties, "Reason"), 300);
    g_autofree char *state = describe_state(picture, peer);
    g_autofree char *rates = describe_rates(picture, peer);
    g_autofree char *class = g_strdup_printf("node %s", class_of(peer));
    Point at = picture->places[i], text = at;
    double dx = at.x - picture->self.x, dy = at.y - picture->self.y;
    guint lines = rates ? 3 : 2;
    const char *anchor = "middle";

    /* Outside of the circle: beside the peer, or above and below it near the top and the bottom. */
    if (fabs(dx) > picture->radius * 0.35) {
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
    if (wl_ctl_get_boolean(peer->properties, "Router"))
        add_text(picture->out, (Point){at.x, at.y + 4}, "mark", "middle", "R");
    else if (wl_ctl_get_boolean(peer->properties, "Basic"))
        add_text(picture->out, (Point){at.x, at.y + 4}, "mark note", "middle", "B");
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
    g_autofree char *list = wl_ctl_get_list(link, "Addresses", " ");
    g_autofree char *interface = escape(wl_ctl_get_string(link, "Interface"), MAX_LABEL);
    g_autofree char *addresses = escape(list, 300);
    Point at = picture->self;

    g_string_append_printf(picture->out, "  <g>\n  <title>this member: %s, %s</title>\n", interface,
                           addresses);
    add_circle(picture->out, at, SELF_RADIUS, "me");
    add_text(picture->out, (Point){at.x, at.y + 4}, "mark", "middle", "here");
    g_string_append(picture->out, "  </g>\n");
}

static void
add_legend(const Picture *picture)
{
    static const char *const shown[] = {"direct-lan", "direct", "routed", "connecting", "offline"};
    Point at = {20, picture->height - LEGEND / 2.0};

    for (guint i = 0; i < G_N_ELEMENTS(shown); i++) {
        g_autofree char *class = g_strdup_printf("node %s", shown[i]);

        if (strcmp(shown[i], "offline") == 0)
            add_circle(picture->out, (Point){at.x + 12, at.y}, 6, class);
        else
            add_curve(picture->out, at, (Point){at.x + 12, at.y}, (Point){at.x + 24, at.y},
                      shown[i]);
        add_text(picture->out, (Point){at.x + 31, at.y + 4}, "note", "start", shown[i]);
        at.x += 31 + LETTER * (double) strlen(shown[i]) + 24;
    }
    add_text(picture->out, (Point){at.x, at.y + 4}, "note", "start", "R router, B WireGuard only");
}

/* "6 other members: 2 direct, 1 routed". */
static char *
describe_members(const Picture *picture)
{
    guint n = picture->peers->len;
    GString *text = g_string_new(NULL);
    const char *separator = ": ";

    g_string_printf(text, "%u other member%s", n, n == 1 ? "" : "s");
    for (guint i = 0; i < G_N_ELEMENTS(states); i++) {
        guint count = 0;

        for (guint j = 0; j < n; j++)
            count += class_of(g_ptr_array_index(picture->peers, j)) == states[i];
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
    g_autofree char *members = describe_members(picture);

    char w[G_ASCII_DTOSTR_BUF_SIZE], h[G_ASCII_DTOSTR_BUF_SIZE];
    g_autofree char *label = wl_ctl_profile_label(picture->profile);
    g_autofree char *name = escape(label, 63);

    number(picture->width, w);
    number(picture->height, h);
    g_string_append_printf(picture->out,
                           "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                           "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\" "
                           "viewBox=\"0 0 %s %s\" role=\"img\">\n"
                           "  <title>%s</title>\n%s"
                           "  <rect class=\"bg\" width=\"%s\" height=\"%s\"/>\n",
                           w, h, w, h, name, style, w, h);
    add_text(picture->out, (Point){20, 32}, "title", "start", name);
    add_text(picture->out, (Point){20, 32 + LINE_HEIGHT}, "note", "start", members);
}

char *
wl_ctl_svg_new(const WlCtlProfile *profile, const WlCtlProfile *before)
{
    Picture picture = {.profile = profile, .before = before, .out = g_string_new(NULL)};

    place(&picture);
    add_start(&picture);
    /* The links lie below the members. */
    for (guint i = 0; i < profile->peers->len; i++)
        add_link(&picture, i);
    add_self(&picture);
    for (guint i = 0; i < profile->peers->len; i++)
        add_peer(&picture, i);
    add_legend(&picture);
    g_string_append(picture.out, "</svg>\n");
    g_ptr_array_unref(picture.peers);
    g_free(picture.places);
    return g_string_free(picture.out, FALSE);
}
