/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-datagram-source.h"

gboolean
wl_datagram_source_is_signer(const WlSigner *signer, const WlIp *source, const WlKey *subject)
{
    WlIp link_local;

    wl_signer_get_link_local(signer, subject, &link_local);
    return wl_ip_equal(source, &link_local);
}
