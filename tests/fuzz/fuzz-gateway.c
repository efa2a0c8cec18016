/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Fuzzes what a gateway says. An input is the life of a port mapper: a byte with what happens, and
 * for a datagram its length and bytes, some of which the target makes those of a real reply. */

#include <sodium.h>
#include <string.h>

#include "fuzz.h"
#include "wl-mapping-text.h"
#include "wl-time.h"

#define MAX_STEPS 64
#define PER_HOUR  80 /* more datagrams than any gateway can cause */

typedef struct {
    const uint8_t *data;
    size_t left;
    WlPortMapper *mapper;
    WlMappingTarget target;
    WlMappingDatagram last;
    gint64 now;
    guint sent;
} Life;

static void
middle(gpointer user_data, guint8 *buffer, gsize length)
{
    memset(buffer, 0x7f, length);
}

static guint8
next(Life *self)
{
    if (self->left == 0)
        return 0;
    self->left--;
    return *self->data++;
}

static void
take(Life *self)
{
    WlMappingDatagram datagram;

    for (guint n = 0; wl_port_mapper_next_datagram(self->mapper, &datagram); n++) {
        g_assert_cmpuint(n, <, 4);
        g_assert_cmpuint(datagram.length, <=, sizeof datagram.bytes);
        self->last = datagram;
        self->sent++;
    }
}

static void
check(Life *self)
{
    const WlMappingView *view = wl_port_mapper_get_view(self->mapper);
    g_autofree char *text = wl_mapping_describe(view);

    g_assert_cmpint(text == NULL, ==, view->state == WL_MAPPING_OFF);
    if (view->state == WL_MAPPING_MAPPED) {
        g_assert_true(wl_ip_is_global_unicast(&view->external.ip));
        g_assert_cmpuint(view->external.port, !=, 0);
    }
    /* Nothing is waited for but an answer, a renewal, or the end of a pause. */
    if (view->state == WL_MAPPING_OFF)
        g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper), ==, WL_NEVER);
    else if (view->state != WL_MAPPING_SILENT)
        g_assert_cmpint(wl_port_mapper_get_deadline(self->mapper) - self->now, <=, WL_SEC(86400));
}

/* The length, and which parts of the last request come back. */
static void
receive(Life *self, guint8 how)
{
    guint8 bytes[64] = {0};
    gsize length = next(self) % (sizeof bytes + 1);

    for (gsize i = 0; i < length; i++)
        bytes[i] = next(self);
    if (how & 1)
        memcpy(bytes, self->last.bytes, MIN(length, 2));
    if (how & 2 && length >= 60)
        memcpy(bytes + 24, self->last.bytes + 24, 18);
    if (how & 4)
        bytes[1] |= 0x80;
    wl_port_mapper_received(self->mapper, self->now, &self->target.gateway, bytes, length);
}

static void
step(Life *self)
{
    const WlMappingTarget none = {0};
    guint8 what = next(self);

    switch (what % 6) {
    case 0:
    case 1:
    case 2:
        receive(self, what / 6);
        break;
    case 3:
        self->now += WL_MS(1) * (1 + (gint64) next(self) * (what / 6) * (what / 6));
        wl_port_mapper_advance(self->mapper, self->now);
        break;
    case 4:
        wl_port_mapper_retry(self->mapper, self->now);
        break;
    default:
        self->target.port ^= 1;
        wl_port_mapper_set_target(self->mapper, self->now, what & 64 ? &none : &self->target);
    }
    take(self);
    check(self);
}

/* Whatever was said: from now on, with an answer to nothing, little is sent. */
static void
check_silence(Life *self)
{
    gint64 end = self->now + WL_SEC(3600);

    self->sent = 0;
    while (wl_port_mapper_get_deadline(self->mapper) <= end) {
        self->now = MAX(self->now, wl_port_mapper_get_deadline(self->mapper));
        wl_port_mapper_advance(self->mapper, self->now);
        take(self);
        check(self);
    }
    g_assert_cmpuint(self->sent, <=, PER_HOUR);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    WlKey secret = {{1}};
    Life life = {.data = data, .left = size, .now = WL_SEC(10)};

    g_assert_cmpint(sodium_init(), >=, 0);
    life.mapper = wl_port_mapper_new(&secret, middle, NULL);
    g_assert_true(wl_ip_parse(next(&life) & 1 ? "fe80::1" : "192.168.1.1", &life.target.gateway));
    g_assert_true(
        wl_ip_parse(life.target.gateway.family == WL_FAMILY_V6 ? "2001:db8::7" : "192.168.1.7",
                    &life.target.client));
    life.target.port = 51820;
    wl_port_mapper_set_target(life.mapper, life.now, &life.target);
    take(&life);
    for (guint i = 0; i < MAX_STEPS && life.left > 0; i++)
        step(&life);
    check_silence(&life);
    wl_port_mapper_free(life.mapper);
    return 0;
}
