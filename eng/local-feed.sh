# To be sourced. use_feed FOLDER PACKAGE: makes this folder one in which packages come from the folder FOLDER first, and sets
# `version` to that of the package there.

use_feed() {
    local found=("$1/$2".[0-9]*.nupkg)
    version=$(basename "${found[0]}" .nupkg)
    version=${version#"$2".}

    # Its own package folder: the user's may hold an older build under the same version. What the packages depend on comes from the
    # sources that the user has.
    cat >nuget.config <<XML
<configuration>
  <packageSources>
    <add key="local" value="$1" />
  </packageSources>
  <config>
    <add key="globalPackagesFolder" value="packages" />
  </config>
</configuration>
XML
}
