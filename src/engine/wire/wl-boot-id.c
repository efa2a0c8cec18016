/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-boot-id.h"

#include <string.h>

/*
 * Our boot id is a UUID of version 8 (RFC 9562), which a Go daemon takes as any other
 * (docs/protocol.md 5.5):
 *
 *   0..3   magic "WLNM"
 *   4      version of this layout: 1
 *   5      flags, for extensions: 0
 *   6      high half 8 (the UUID's version), low half random
 *   7      random
 *   8      high two bits 10 (the UUID's variant), the rest random
 *   9..15  random
 */
static const guint8 magic[4] = {'W', 'L', 'N', 'M'};

#define LAYOUT 1

void
wl_boot_id_make(WlBootId *id, WlRandomFunc random, gpointer user_data)
{
    random(user_data, id->bytes, sizeof(id->bytes));
    memcpy(id->bytes, magic, sizeof(magic));
    id->bytes[4] = LAYOUT;
    id->bytes[5] = 0;
    id->bytes[6] = (id->bytes[6] & 0x0f) | 0x80;
    id->bytes[8] = (id->bytes[8] & 0x3f) | 0x80;
}

gboolean
wl_boot_id_is_ours(const WlBootId *id)
{
    return memcmp(id->bytes, magic, sizeof(magic)) == 0 && (id->bytes[6] & 0xf0) == 0x80 &&
           (id->bytes[8] & 0xc0) == 0x80;
}
