#pragma once

#include <string>
#include <vector>

#include "umsadm/jobs/inventory.hpp"

#include "certificate_view.hpp"

namespace umsadm::app {

// A certificate as a command names it: one of the site, or, when the selector has a '/' in it, the first one of a file
// (PEM, DER or PKCS#7).
struct SelectedCertificate {
    Certificate certificate;
    const StoredCertificate* stored = nullptr;  // null: from a file
    std::vector<Certificate> beside_it;         // the other certificates of the file
    bool key_in_file = false;

    ShownCertificate shown() const;
    std::string label() const;  // for messages, without quotes
};

bool names_a_file(const std::string& selector) noexcept;

// Throws as Inventory::select() does, and as reading and parsing a file does.
SelectedCertificate select_certificate(const Inventory& inventory, const std::string& selector);

// The same for commands that work on the site only: Code::usage for a file.
const StoredCertificate& select_stored(const Inventory& inventory, const std::string& selector);

// The chain of the certificate, with what stood beside it in its file and all certificates of the site.
Chain chain_of(const SelectedCertificate& selected, const Inventory& inventory, UtcTime now);

}  // namespace umsadm::app
