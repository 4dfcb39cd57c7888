#!/usr/bin/env bash
# try-package.sh FEED: runs the README's quickstart as a newcomer would: pasted into a new program outside the repository
# that references the package in the folder FEED.
set -euo pipefail

feed=$(realpath "$1")
readme=$(realpath README.md)
package=$(basename "$(ls "$feed"/Lodge.Memory.*.nupkg)" .nupkg)
version=${package#Lodge.Memory.}
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project"

awk '/^```csharp/ { inside = 1; next } /^```/ && inside { exit } inside' "$readme" >Program.cs
if [[ ! -s Program.cs ]]; then
    echo "README.md has no block of C#." >&2
    exit 1
fi

# Its own package folder: the user's may hold an older build under the same version.
cat >nuget.config <<XML
<configuration>
  <packageSources>
    <clear />
    <add key="local" value="$feed" />
  </packageSources>
  <config>
    <add key="globalPackagesFolder" value="packages" />
  </config>
</configuration>
XML

cat >Quickstart.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">

  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
  </PropertyGroup>

  <ItemGroup>
    <PackageReference Include="Lodge.Memory" Version="$version" />
  </ItemGroup>

</Project>
XML

dotnet build -c Release -warnaserror
dotnet run -c Release --no-build | tee output.txt
[[ -s output.txt ]]
