import { ConfigError } from '../../domain/errors.js'
import { type ParsedYaml, parseYaml } from './parseYaml.js'
import { readConfigText } from './readConfigText.js'

/**
 * Reads and parses a configuration file without interpolation, with the positions of its values.
 *
 * @throws ConfigError if the file is missing, unreadable, empty or no YAML.
 */
export function readConfigFile(file: string): ParsedYaml {
  const parsed = parseYaml(readConfigText(file), file)
  if (parsed.value === null)
    throw new ConfigError([{ path: file, message: 'expected a mapping with chains, but the file is empty' }])
  return parsed
}
