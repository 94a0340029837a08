import { ConfigError } from '../../domain/errors.js'
import { type ParsedYaml, parseYaml } from './parseYaml.js'
import { readConfigText } from './readConfigText.js'

/**
 * A configuration file as it is written, and where what stands in it.
 *
 * @throws ConfigError where there is none, it cannot be read, it is empty, or it is no YAML.
 */
export function readConfigFile(file: string): ParsedYaml {
  const parsed = parseYaml(readConfigText(file), file)
  if (parsed.value === null)
    throw new ConfigError([{ path: file, message: 'expected a mapping with chains, but the file is empty' }])
  return parsed
}
