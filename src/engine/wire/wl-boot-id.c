/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-boot-id.h"

#include <string.h>

/*
 * The boot id of a native member (docs/protocol.md 14.1): a UUID of version 8 (RFC 9562)
 *   0  4  "WLNM"
 *   4  1  version of this layout: 2
 *   5  1  flags: ROUTER_SETS; others 0
 *   6  1  high half 8 (UUID version), low half random
 *   7  1  more flags: 0
 *   8  1  high two bits 10 (UUID variant), the rest random
 *   9  7  random
 */
static const guint8 magic[4] = {'W', 'L', 'N', 'M'};

#define LAYOUT      2
#define ROUTER_SETS 0x20

void
wl_boot_id_generate(WlBootId *id, WlRandomFunc random, gpointer user_data)
{
    random(user_data, id->bytes, sizeof(id->bytes));
    memcpy(id->bytes, magic, sizeof(magic));
    id->bytes[4] = LAYOUT;
    id->bytes[5] = ROUTER_SETS;
    id->bytes[7] = 0;
    id->bytes[6] = (id->bytes[6] & 0x0f) | 0x80;
    id->bytes[8] = (id->bytes[8] & 0x3f) | 0x80;
}

gboolean
wl_boot_id_is_native(const WlBootId *id)
{
    return memcmp(id->bytes, magic, sizeof(magic)) == 0 && (id->bytes[6] & 0xf0) == 0x80 &&
           (id->bytes[8] & 0xc0) == 0x80;
}

gboolean
wl_boot_id_has_router_sets(const WlBootId *id)
{
    return wl_boot_id_is_native(id) && id->bytes[4] >= LAYOUT && (id->bytes[5] & ROUTER_SETS) != 0;
}
