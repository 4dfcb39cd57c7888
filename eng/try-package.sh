#!/usr/bin/env bash
# try-package.sh FEED: runs the README's programs as a newcomer would: pasted into a new program outside the repository that
# references the packages in the folder FEED. Each has to print what the README says it prints.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/local-feed.sh"

feed=$(realpath "$1")
readme=$(realpath README.md)
guest=$(realpath guests/bin/hello.elf)
project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project"

cp "$guest" .

use_feed "$feed" Lodge.Memory
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
    <PackageReference Include="Lodge.Sandbox" Version="$version" />
  </ItemGroup>

</Project>
XML

# The fenced block in C# with a number, or the block of text after it.
block() {
    awk -v number="$1" -v wanted="$2" '
        /^```csharp/ { count++ }
        /^```/ && inside { exit }
        inside
        /^```/ && count == number && $0 == "```" wanted { inside = 1 }' "$readme"
}

count=$(grep --count '^```csharp' "$readme")
for ((number = 1; number <= count; number++)); do
    block "$number" csharp >Program.cs
    block "$number" text >expected.txt
    if [[ ! -s Program.cs || ! -s expected.txt ]]; then
        echo "README.md has no block of text, its output, after its block $number of C#." >&2
        exit 1
    fi

    dotnet build -c Release -warnaserror
    dotnet run -c Release --no-build | tee output.txt
    diff --strip-trailing-cr expected.txt output.txt
done

if [[ $count == 0 ]]; then
    echo "README.md has no programs." >&2
    exit 1
fi

# Every package restores, and has what an editor and a debugger need beside the assembly.
for package in "$feed"/*.nupkg; do
    name=$(basename "$package" ".$version.nupkg")
    if [[ $name == Lodge.Cli ]]; then
        # A tool is installed, and says what it can.
        dotnet tool install "$name" --version "$version" --tool-path tools
        tools/lodge --help
        continue
    fi

    dotnet add package "$name" --version "$version"
    ls packages/"${name,,}"/"$version"/{README.md,lib/net10.0/"$name".xml} "$feed/$name.$version.snupkg"
done

dotnet build -c Release -warnaserror
