/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-profile-uuid.h"

/* The namespace of the UUIDs of profiles in files (RFC 9562, version 5). */
static const guint8 namespace[16] = {0x5d, 0x0f, 0x2c, 0x61, 0x9b, 0x1e, 0x4a, 0x77,
                                     0x8e, 0x33, 0x70, 0xc4, 0xd2, 0x56, 0x0a, 0x19};

char *
wl_profile_uuid_of_file(const char *name)
{
    enum { SHA1_SIZE = 20 };
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA1);
    guint8 digest[SHA1_SIZE];
    gsize size = sizeof digest;

    g_checksum_update(checksum, namespace, sizeof namespace);
    g_checksum_update(checksum, (const guchar *) name, -1);
    g_checksum_get_digest(checksum, digest, &size);
    digest[6] = (guint8) ((digest[6] & 0x0f) | 0x50); /* version 5 */
    digest[8] = (guint8) ((digest[8] & 0x3f) | 0x80); /* variant */
    return g_strdup_printf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                           digest[0], digest[1], digest[2], digest[3], digest[4], digest[5],
                           digest[6], digest[7], digest[8], digest[9], digest[10], digest[11],
                           digest[12], digest[13], digest[14], digest[15]);
}
