#pragma once

#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "umsadm/jobs/inventory.hpp"

namespace umsadm {

// Which line of renewals each imported certificate belongs to.
class ImportNames {
public:
    // `wished`: the name of the one end certificate among `imported`; empty when none is wished.
    // Throws Code::usage when there is not exactly one certificate that could get it.
    ImportNames(const Inventory& inventory, const std::vector<Certificate>& imported, const std::string& wished);

    // The wished name, else `promised` (may be empty: by the request that the certificate answers), else the first one
    // that can be made of the subject and that is free or of the same line.
    // Throws Code::usage when the wished name belongs to a certificate of another type.
    std::string name_for(const Certificate& certificate, const std::string& promised);

private:
    // What all certificates of a line have in common: type, subject, hosts in order.
    using LineKey = std::tuple<CertificateType, Bytes, std::vector<HostName>>;

    // The names that are made of one common name: "ICG", "ICG 2", "ICG 3". What is there is looked at once, because a
    // bundle may hold thousands of the same common name.
    struct Series {
        std::map<LineKey, std::string> lines;
        int next = 1;
    };

    static LineKey line_key(const Certificate& certificate);
    std::string name_in_series(const std::string& base, const Certificate& certificate);
    void require_same_type(const std::string& name, const Certificate& certificate) const;

    std::map<std::string, Certificate> m_newest;  // of each name
    std::map<std::string, Series> m_series;
    std::string m_wished;
    std::optional<Fingerprint> m_wished_for;
};

}  // namespace umsadm
