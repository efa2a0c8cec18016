/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The link-local address of a member (docs/protocol.md 3). A pure function. */
#include "wl-link-local.h"

#define SHA1_SIZE 20

void
wl_key_link_local(const WlKey *public_key, WlIp *address)
{
    g_autoptr(GChecksum) sha1 = g_checksum_new(G_CHECKSUM_SHA1);
    guint8 digest[SHA1_SIZE];
    gsize size = sizeof(digest);

    g_checksum_update(sha1, public_key->bytes, sizeof(public_key->bytes));
    g_checksum_get_digest(sha1, digest, &size);

    memset(address, 0, sizeof(*address));
    address->family = WL_FAMILY_V6;
    address->bytes[0] = 0xfe;
    address->bytes[1] = 0x80;
    memcpy(address->bytes + 8, digest, 8);
}
