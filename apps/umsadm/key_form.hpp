#pragma once

#include "umsadm/crypto/private_key.hpp"
#include "umsadm/jobs/inventory.hpp"
#include "umsadm/registry/site.hpp"

#include "context.hpp"

namespace umsadm::app {

// Stores the key of `stored` encrypted with `password`, or unencrypted when it is null, in place of what is there. What
// is written is read and compared with the certificate before and after. Takes the site's lock.
// Throws Code::failed, with the old form untouched, when the certificate has changed meanwhile or the new form cannot
// be read; Code::restored when that shows only in the site: the old form is back then.
void store_key_form(Context& ctx, const Site& site, const StoredCertificate& stored, const PrivateKey& key,
                    const Secret* password);

}  // namespace umsadm::app
